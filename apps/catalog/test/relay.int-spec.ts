import { CATALOG_SOURCE, ChangeBatch } from '@larder/contracts';
import pg from 'pg';
import { fastest, until } from '../../../tools/services/index.js';
import { Bell } from '../src/outbox/bell.js';
import { addCategory } from './fixture.js';
import { isBatch, RelayStage } from './relay-stage.js';

/** After this the relay tries again what the broker did not take. */
const FIRST_RETRY_MS = 250;

describe('the relay', () => {
  let stage: RelayStage;

  beforeAll(async () => {
    stage = await RelayStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => stage.stopAll());

  it('publishes a batch of what has changed, and behind it each change as an event, in order, and notes the confirms', async () => {
    const first = await addCategory(stage.catalogue);
    const second = await addCategory(stage.catalogue);
    stage.start();
    await stage.emptied();

    const [batch, ...events] = stage.publisher.sent;
    expect(events.map(({ subject }) => subject)).toEqual([first.id, second.id]);
    expect(events[0]).toMatchObject({
      type: 'catalog.category.created',
      source: CATALOG_SOURCE,
      data: { id: first.id, version: first.version, path: [first.id] },
    });
    expect(events[0]).not.toHaveProperty('traceparent');
    expect(batch).toMatchObject({ type: 'catalog.changes.batch', source: CATALOG_SOURCE, time: events[0]!.time });
    const { changes, asOfMs } = ChangeBatch.parse(batch?.data);
    expect(changes).toEqual(
      events.map(({ type, data }) => ({ type, data, transaction: expect.stringMatching(/^\d+$/) as unknown })),
    );
    expect(asOfMs).toBe(1_000);
    expect(stage.outcomes).toEqual({ confirmed: 2 });
  });

  it('keeps rows while the broker is away, and delivers them when it is back', async () => {
    stage.publisher.connected = false;
    stage.start();
    const category = await addCategory(stage.catalogue);
    await until('it was interrupted', 10_000, () => stage.interruptions.length > 0);
    expect([await stage.waiting(), await stage.log()]).toEqual([1, []]);

    stage.publisher.connected = true;
    await stage.emptied();
    expect(stage.publisher.subjects()).toEqual([category.id]);
    expect(stage.interruptions).toEqual(['the broker is away']);
  });

  it.each(['unroutable', 'refused', 'timed-out'] as const)(
    'keeps a batch that comes back %s, says why, and sends the same again later',
    async (outcome) => {
      stage.publisher.answer = (event) => (isBatch(event) ? outcome : 'confirmed');
      await addCategory(stage.catalogue);
      const startedMs = Date.now();
      stage.start();
      const line = await until(
        'an attempt was noted',
        10_000,
        async () => (await stage.log()).find(({ attempts }) => attempts > 0) ?? false,
      );

      expect(line.last_error).toBe(outcome);
      expect(line.next_attempt_at!.getTime() - startedMs).toBeGreaterThanOrEqual(FIRST_RETRY_MS);
      stage.publisher.answer = () => 'confirmed';
      await stage.emptied();
      const [attempt, ...repetitions] = stage.publisher.batches;
      expect(repetitions.length).toBeGreaterThan(0);
      for (const repetition of repetitions) expect(repetition).toEqual(attempt);
      expect(stage.publisher.subjects()).toHaveLength(1);
    },
  );

  it('sends an event that was refused again by itself, and lets go of an event that no queue wants', async () => {
    let refusals = 1;
    stage.publisher.answer = (event) => (isBatch(event) || refusals-- <= 0 ? 'confirmed' : 'refused');
    const refused = await addCategory(stage.catalogue);
    stage.start();
    await stage.emptied();
    expect(stage.publisher.subjects()).toEqual([refused.id, refused.id]);
    expect(stage.publisher.batches).toHaveLength(1);

    stage.publisher.answer = (event) => (isBatch(event) ? 'confirmed' : 'unroutable');
    const unwanted = await addCategory(stage.catalogue);
    await stage.emptied();
    expect(stage.publisher.subjects().slice(2)).toEqual([unwanted.id]);
    expect(stage.outcomes).toEqual({ refused: 1, confirmed: 1, unroutable: 1 });
  });

  it('lets a batch that is not confirmed hold none up that follows', async () => {
    let confirm: (outcome: 'confirmed') => void = () => undefined;
    const held = new Promise<'confirmed'>((resolve) => (confirm = resolve));
    stage.publisher.answer = (event) => (isBatch(event) && stage.publisher.batches.length === 1 ? held : 'confirmed');
    await addCategory(stage.catalogue);
    stage.start();
    await until('the first is on its way', 10_000, () => stage.publisher.batches.length === 1);
    await addCategory(stage.catalogue);
    await until('the second is published', 10_000, async () => (await stage.log())[1]?.published_at != null);
    expect((await stage.log())[0]?.published_at).toBeNull();
    confirm('confirmed');
    await stage.emptied();
    expect(stage.publisher.batches).toHaveLength(2);
  });

  it('takes a row whose transaction commits after one with a higher number', async () => {
    const slow = new pg.Client({ connectionString: stage.catalogue.url });
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO categories (name) VALUES ('slow to commit')`);
    const quick = await addCategory(stage.catalogue);
    stage.start();
    await until('the first event is published', 10_000, () => stage.publisher.subjects().length === 1);
    await slow.query('COMMIT');
    await slow.end();
    await until('the second is published', 10_000, () => stage.publisher.subjects().length === 2);
    expect(stage.publisher.subjects()[0]).toBe(quick.id);
  });

  it('repeats, and never loses, what was confirmed before a crash kept that from being noted', async () => {
    let crashes = 1;
    stage.publisher.answer = async (event) => {
      if (isBatch(event) && crashes-- > 0) await stage.endSessions();
      return 'confirmed' as const;
    };
    const category = await addCategory(stage.catalogue);
    stage.start();
    await stage.emptied();

    expect(stage.publisher.subjects()).toEqual([category.id, category.id]);
    const [first, second] = stage.publisher.batches;
    expect(second).toEqual(first);
  });

  it('works one at a time, and another takes over within 2 s of the end of the first', async () => {
    const takeOver = async (): Promise<number> => {
      stage.publisher.forget();
      const [first, second] = [stage.start(), stage.start()];
      await addCategory(stage.catalogue);
      await until('it is published', 10_000, () => stage.publisher.subjects().length === 1);
      await stage.emptied();
      await stage.endSessions(); // both come back; one of them leads
      await addCategory(stage.catalogue);
      await until('it is published', 10_000, () => stage.publisher.subjects().length === 2);
      await first.stop();

      const startMs = performance.now();
      await addCategory(stage.catalogue);
      await stage.emptied();
      const tookMs = performance.now() - startMs;
      expect(stage.publisher.subjects()).toHaveLength(3);
      await second.stop();
      return tookMs;
    };
    expect(await fastest(3, 2_000, takeOver)).toBeLessThan(2_000);
  });

  it('does not wait for its poll when it is woken', async () => {
    const bell = new Bell();
    stage.start(bell);
    const delays: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      await addCategory(stage.catalogue);
      const committed = performance.now();
      bell.ring();
      await until('it is published', 10_000, () => stage.publisher.batches.length > round);
      delays.push(performance.now() - committed);
    }
    expect(delays.sort((a, b) => a - b)[2]).toBeLessThan(50); // a poll alone takes 50 ms on average
  });
});
