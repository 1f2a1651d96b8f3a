import { CATALOG_SOURCE, CHANGE_BATCH, type BatchedChange, type ChangeBatch } from '@larder/contracts';
import type { OutgoingEvent } from '@larder/messaging';

/** An outbox row as a batch holds it. `time` is when it was written, `transaction` by which transaction. */
export interface LoggedChange extends BatchedChange {
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly traceparent: string | null;
}

/** A row of `invalidation_log`: never empty. Its fields are those of a {@link ChangeBatch} whose end is `n`. */
export interface LoggedBatch {
  readonly n: number;
  readonly after: number;
  readonly asOfMs: number | null;
  readonly changes: readonly LoggedChange[];
}

/** As the driver reads a row: bigints as text. */
export interface LogRow {
  readonly n: string;
  readonly after: string;
  readonly as_of_ms: number | null;
  readonly changes: readonly LoggedChange[];
}

/** The row as a batch. */
export function toLoggedBatch({ n, after, as_of_ms: asOfMs, changes }: LogRow): LoggedBatch {
  return { n: Number(n), after: Number(after), asOfMs, changes };
}

/** What the invalidator needs of it. */
export function toChangeBatch({ n, after, asOfMs, changes }: LoggedBatch): ChangeBatch {
  return {
    after,
    upTo: n,
    asOfMs,
    changes: changes.map(({ type, data, transaction }): BatchedChange => ({ type, data, transaction })),
  };
}

/** The batch as one event; a repetition has the same id. Its time is that of its oldest change. */
export function toBatchEvent(batch: LoggedBatch): OutgoingEvent {
  const oldestMs = Math.min(...batch.changes.map(({ time }) => Date.parse(time)));
  return batchEvent(`${CHANGE_BATCH}-${batch.n}`, new Date(oldestMs), toChangeBatch(batch));
}

/** The changes as events of their own; a repetition has the same ids. */
export function toEvents(changes: readonly LoggedChange[]): OutgoingEvent[] {
  return changes.map(({ id, type, subject, time, data, traceparent }) => ({
    ...{ id, type, subject, data },
    source: CATALOG_SOURCE,
    time: new Date(time).toISOString(),
    ...(traceparent !== null && { traceparent }),
  }));
}

/** A beat: nothing was committed after batch `n` and before `asOfMs`. */
export function toBeatEvent(n: number, asOfMs: number | null): OutgoingEvent {
  const now = new Date();
  return batchEvent(`beat-${n}-${now.getTime()}`, now, { after: n, upTo: n, asOfMs, changes: [] });
}

function batchEvent(id: string, time: Date, data: ChangeBatch): OutgoingEvent {
  return { id, type: CHANGE_BATCH, source: CATALOG_SOURCE, time: time.toISOString(), data };
}
