import { parseCatalogEvent, type ChangeBatch } from '@larder/contracts';
import { BatchLog } from '../src/outbox/batch-log.js';
import { ChangeLog } from '../src/outbox/change-log.js';
import { RelaySession } from '../src/outbox/relay-session.js';
import { addCategory, openCatalogue, type Catalogue } from './fixture.js';

const LIMIT = 500;
/** Of an answer; a message between services may hold 1,048,576 characters. */
const MAX_CHARS = 900_000;
const MAX_BATCHES = 200;

describe('the log of changes', () => {
  let catalogue: Catalogue;
  let session: RelaySession;
  let batches: BatchLog;
  let log: ChangeLog;

  beforeAll(async () => {
    catalogue = await openCatalogue();
    log = new ChangeLog(catalogue.dataSource);
  });
  afterAll(() => catalogue.close());
  beforeEach(async () => {
    await catalogue.sql('DELETE FROM outbox');
    await catalogue.sql('DELETE FROM invalidation_log');
    session = await RelaySession.open(catalogue.url);
    batches = new BatchLog(session);
  });
  afterEach(() => session.close());

  async function fill(count: number): Promise<number[]> {
    const numbers: number[] = [];
    for (let made = 0; made < count; made += 1) {
      await addCategory(catalogue);
      numbers.push((await batches.number(LIMIT, 7.5))!.n);
    }
    return numbers;
  }
  const ends = (answer: ChangeBatch[] | null): number[] => (answer ?? []).map(({ upTo }) => upTo);

  it('answers what follows a number, as it was published', async () => {
    const [first, second, third] = (await fill(3)) as [number, number, number];
    const answer = (await log.since(first))!;
    expect(answer.map(({ after, upTo, asOfMs }) => [after, upTo, asOfMs])).toEqual([
      [first, second, 7.5],
      [second, third, 7.5],
    ]);
    const [change] = answer[0]!.changes as { type: string; data: unknown; transaction: string }[];
    expect(Object.keys(change!).sort()).toEqual(['data', 'transaction', 'type']);
    expect(parseCatalogEvent(change!.type, change!.data).type).toBe('catalog.category.created');
    const [row] = await catalogue.sql<{ xmin: string }>(
      'SELECT xmin::text FROM categories ORDER BY version DESC OFFSET 1',
    );
    expect(change!.transaction).toBe(row!.xmin);
    expect(ends(await log.since(0))).toEqual([first, second, third]);
  });

  it('answers nothing to who has the last one, and to who has none of nothing', async () => {
    expect(await log.since(0)).toEqual([]);
    const [last] = (await fill(1)) as [number];
    expect(await log.since(last)).toEqual([]);
  });

  it('does not know what is too long ago, what lies beyond its end, or what it never had', async () => {
    expect(await log.since(5)).toBeNull();
    const [first, second, third] = (await fill(3)) as [number, number, number];
    await catalogue.sql('DELETE FROM invalidation_log WHERE n = $1', [first]);
    expect(await log.since(0)).toBeNull();
    expect(ends(await log.since(first))).toEqual([second, third]);
    expect(await log.since(third + 1)).toBeNull();
    expect(await log.since(third - 1)).toBeNull();
  });

  it('answers as many as a message holds, and the rest to the next question', async () => {
    await catalogue.sql(
      `INSERT INTO invalidation_log (n, after, changes) SELECT g, g - 1, '[]' FROM generate_series(1, ${MAX_BATCHES + 1}) AS g`,
    );
    expect(await log.since(0)).toHaveLength(MAX_BATCHES);
    expect(ends(await log.since(MAX_BATCHES))).toEqual([MAX_BATCHES + 1]);
  });

  it('answers one batch at least, however long, and two if they fit', async () => {
    const root = await addCategory(catalogue);
    await catalogue.sql(
      `INSERT INTO categories (parent_id, name) SELECT $1, 'long ' || g FROM generate_series(1, ${LIMIT * 6}) AS g`,
      [root.id],
    );
    const numbers: number[] = [];
    for (let made = 0; made < 6; made += 1) numbers.push((await batches.number(LIMIT, null))!.n);
    let [after, questions] = [0, 0];
    const found: number[] = [];
    for (; after !== numbers.at(-1); questions += 1) {
      const answer = (await log.since(after))!;
      expect(JSON.stringify(answer).length).toBeLessThan(MAX_CHARS);
      found.push(...ends(answer));
      after = found.at(-1)!;
    }
    expect(found).toEqual(numbers);
    expect(questions).toBeGreaterThan(1);
    expect(questions).toBeLessThan(6);
  });
});
