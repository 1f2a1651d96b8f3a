import { Injectable } from '@nestjs/common';
import type { ChangeBatch } from '@larder/contracts';
import { DataSource } from 'typeorm';
import { toChangeBatch, toLoggedBatch, type LogRow } from './logged-batch.js';

/** Of an answer; well below what a message between services may hold, and far above what one batch can. */
const MAX_BATCHES = 200;
const MAX_CHARS = 600_000;

/** One row at least, and the number of the last batch in each; in one statement, so that both are of one moment. */
const SINCE = `
  WITH rows AS (
    SELECT n, after, as_of_ms, changes FROM public.invalidation_log WHERE n > $1 ORDER BY n LIMIT ${MAX_BATCHES}
  ), sized AS (
    SELECT *, sum(length(changes::text)) OVER (ORDER BY n) AS chars FROM rows
  )
  SELECT last.n AS last, sized.n, after, as_of_ms, changes
  FROM (SELECT coalesce(max(n), 0) AS n FROM public.invalidation_log) AS last
  LEFT JOIN sized ON chars <= ${MAX_CHARS} OR after = $1
  ORDER BY sized.n`;

interface SinceRow extends Omit<LogRow, 'n'> {
  readonly last: string;
  /** `null` if there is none: then the row only tells the last number. */
  readonly n: string | null;
}

/** The batches of the last ten minutes, for who missed some. */
@Injectable()
export class ChangeLog {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The batches that follow the one that ended at `after`, in order, as many as fit an answer; none if it was the last.
   * `null` if no batch that is kept follows one of that number: it was too long ago, or this database never had it.
   */
  async since(after: number): Promise<ChangeBatch[] | null> {
    const rows = await this.dataSource.query<SinceRow[]>(SINCE, [after]);
    const batches = rows.flatMap(({ n, ...row }) => (n === null ? [] : [toLoggedBatch({ n, ...row })]));
    const [first] = batches;
    if (first === undefined) return Number(rows[0]?.last) === after ? [] : null;
    return first.after === after ? batches.map(toChangeBatch) : null;
  }
}
