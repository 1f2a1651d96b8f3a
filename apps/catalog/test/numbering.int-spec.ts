import { ChangeBatch } from '@larder/contracts';
import { until } from '../../../tools/services/index.js';
import { BatchLog } from '../src/outbox/batch-log.js';
import { RelaySession } from '../src/outbox/relay-session.js';
import { addCategory } from './fixture.js';
import { RelayStage } from './relay-stage.js';

const LIMIT = 500;
/** A pause between two beats that a busy machine makes longer. */
const FEW_BEATS = 5;

describe('the numbering of batches', () => {
  let stage: RelayStage;

  beforeAll(async () => {
    stage = await RelayStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => stage.stopAll());

  const published = (): ChangeBatch[] => stage.publisher.batches.map(({ data }) => ChangeBatch.parse(data));
  const subjectsOf = ({ changes }: ChangeBatch): unknown[] =>
    changes.map((change) => (change as { data: { id: string } }).data.id);

  /** Numbers what waits as a relay does, and then is gone. */
  async function numberAndCrash(): Promise<number> {
    const session = await RelaySession.open(stage.catalogue.url);
    expect(await session.lead()).toBe(true);
    const batch = await new BatchLog(session).number(LIMIT, 1);
    await session.close();
    return batch!.n;
  }

  it('gives each batch a number of its own, after that of the one before', async () => {
    stage.start();
    for (let count = 1; count <= 3; count += 1) {
      await addCategory(stage.catalogue);
      await until('it is published', 10_000, () => published().length === count);
    }
    const [first, second, third] = published();
    expect(first!.after).toBe(0);
    expect([second!.after, third!.after]).toEqual([first!.upTo, second!.upTo]);
    expect(third!.upTo).toBeGreaterThan(second!.upTo);
  });

  it('never lets a number stand for two contents, although a relay ends between number and publish', async () => {
    const early = await addCategory(stage.catalogue);
    const number = await numberAndCrash();
    const late = await addCategory(stage.catalogue);
    stage.start();
    await stage.emptied();

    const [first, second] = published();
    expect([first!.upTo, subjectsOf(first!)]).toEqual([number, [early.id]]);
    expect([second!.after, subjectsOf(second!)]).toEqual([number, [late.id]]);
  });

  it('gives no number again that the database has forgotten, as after its return from a backup', async () => {
    await addCategory(stage.catalogue);
    const kept = await numberAndCrash();
    await addCategory(stage.catalogue);
    const forgotten = await numberAndCrash();
    await stage.catalogue.sql('DELETE FROM invalidation_log WHERE n = $1', [forgotten]);
    await addCategory(stage.catalogue);
    stage.start();
    await stage.emptied();

    const last = published().at(-1)!;
    expect(last.after).toBe(kept);
    expect(last.upTo).toBeGreaterThan(forgotten);
  });

  it('publishes what others left unpublished in the order of the numbers, before anything new', async () => {
    const left: number[] = [];
    for (let count = 0; count < 10; count += 1) {
      await addCategory(stage.catalogue);
      left.push(await numberAndCrash());
    }
    await addCategory(stage.catalogue);
    stage.start();
    await stage.emptied();
    const numbers = published().map(({ upTo }) => upTo);
    expect(numbers.slice(0, 10)).toEqual(left);
    expect(numbers[10]).toBeGreaterThan(left[9]!);
  });

  it('says of no instant that all is in, while rows wait beyond the limit', async () => {
    await stage.catalogue.sql(
      `INSERT INTO categories (name) SELECT 'many ' || g FROM generate_series(1, $1::int) AS g`,
      [LIMIT + 1],
    );
    stage.start();
    await stage.emptied();
    expect(published().map(({ asOfMs, changes }) => [changes.length, asOfMs])).toEqual([
      [LIMIT, null],
      [1, 1_000],
    ]);
    await stage.catalogue.sql(`DELETE FROM categories WHERE name LIKE 'many %'`);
  });

  it('asks the time before it looks, so that all that was committed by then is in', async () => {
    let asked = 0;
    stage.now = async () => {
      asked += 1;
      if (asked === 1) await addCategory(stage.catalogue);
      return asked;
    };
    stage.start();
    await until('it is published', 10_000, () => published().length === 1);
    expect(published()[0]!.asOfMs).toBe(1);
    expect(stage.publisher.beats.filter(({ asOfMs }) => asOfMs === 1)).toEqual([]);
  });

  it('beats about every 100 ms while nothing changes, with the last number and the time', async () => {
    await addCategory(stage.catalogue);
    let time = 0;
    stage.now = async () => (time += 1);
    stage.start();
    await stage.emptied();
    const { upTo } = published()[0]!;
    const startMs = performance.now();
    const before = stage.publisher.beats.length;
    await until('it has beaten', 10_000, () => stage.publisher.beats.length >= before + FEW_BEATS);
    expect(performance.now() - startMs).toBeGreaterThan((FEW_BEATS - 1) * 75);
    const beats = stage.publisher.beats;
    for (const beat of beats) expect([beat.after, beat.upTo]).toEqual([upTo, upTo]);
    const times = beats.map(({ asOfMs }) => asOfMs!);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(await stage.log()).toHaveLength(1);
  });

  it('goes on without the time while the cache cannot tell it', async () => {
    stage.now = async () => null;
    await addCategory(stage.catalogue);
    stage.start();
    await until('it beats', 10_000, () => stage.publisher.beats.length > 0);
    expect([published()[0]!.asOfMs, stage.publisher.beats[0]!.asOfMs]).toEqual([null, null]);
  });

  it('is taken from a relay that is frozen, and given to another', async () => {
    const frozen = await RelaySession.open(stage.catalogue.url);
    expect(await frozen.lead()).toBe(true);
    stage.start();
    await addCategory(stage.catalogue);
    await stage.emptied();
    await addCategory(stage.catalogue);
    await expect(new BatchLog(frozen).number(LIMIT, 1)).rejects.toThrow();
    await stage.emptied();
    const [first, second] = published();
    expect(second!.after).toBe(first!.upTo);
    await frozen.close();
  });

  it('stays with a relay while the broker owes it its confirms', async () => {
    let confirm: (outcome: 'confirmed') => void = () => undefined;
    const held = new Promise<'confirmed'>((resolve) => (confirm = resolve));
    stage.publisher.answer = () => held;
    stage.start();
    for (let count = 1; count <= 8; count += 1) {
      await addCategory(stage.catalogue);
      await until('it is on its way', 10_000, () => published().length === count);
    }
    await addCategory(stage.catalogue);
    const [{ now }] = (await stage.catalogue.sql<{ now: Date }>('SELECT clock_timestamp() AS now')) as [{ now: Date }];
    await until('a session that says nothing would be over', 10_000, async () => {
      const [row] = await stage.catalogue.sql<{ over: boolean }>(
        `SELECT clock_timestamp() > $1::timestamptz + interval '2 s' AS over`,
        [now],
      );
      return row?.over === true;
    });
    expect([published().length, await stage.waiting(), stage.interruptions]).toEqual([8, 1, []]);
    confirm('confirmed');
    await stage.emptied();
    expect(published()).toHaveLength(9);
  });

  it('forgets batches after ten minutes, but neither the last one nor what is unpublished, nor what follows that', async () => {
    const session = await RelaySession.open(stage.catalogue.url);
    const log = new BatchLog(session);
    const numbers: number[] = [];
    const age = (minutes: number): Promise<unknown> =>
      stage.catalogue.sql(`UPDATE invalidation_log SET created_at = now() - $1 * interval '1 minute'`, [minutes]);
    const left = async (): Promise<number[]> => {
      await log.trim();
      return (await stage.log()).map(({ n }) => Number(n));
    };
    for (let count = 0; count < 4; count += 1) {
      await addCategory(stage.catalogue);
      numbers.push((await log.number(LIMIT, 1))!.n);
    }
    const [first, second, third, fourth] = numbers as [number, number, number, number];
    await log.markPublished([first, second, fourth]);
    await age(9);
    expect(await left()).toEqual(numbers);
    await age(11);
    expect(await left()).toEqual([third, fourth]);
    await log.markPublished([third]);
    expect(await left()).toEqual([fourth]);
    await session.close();
  });
});
