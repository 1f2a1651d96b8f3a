import { CATALOG_SOURCE } from '@larder/contracts';
import { BrokerUnavailable, type OutgoingEvent, type Publisher, type PublishOutcome } from '@larder/messaging';
import pg from 'pg';
import { fastest, until } from '../../../tools/services/index.js';
import { Bell } from '../src/outbox/bell.js';
import { RelaySession } from '../src/outbox/relay-session.js';
import { Relay } from '../src/outbox/relay.js';
import { addCategory, openCatalogue, type Catalogue } from './fixture.js';

/** After this the relay tries again what the broker did not take. */
const FIRST_RETRY_MS = 250;

/** A broker whose answers the test decides; it notes every event that it was handed and had not refused to hear. */
class ScriptedPublisher implements Publisher {
  readonly events: OutgoingEvent[] = [];
  connected = true;
  answer: (events: readonly OutgoingEvent[]) => Promise<PublishOutcome> = async () => 'confirmed';

  async publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    if (!this.connected) throw new BrokerUnavailable('the broker is away');
    const outcome = await this.answer(events);
    this.events.push(...events);
    return events.map(() => outcome);
  }

  async close(): Promise<void> {
    this.connected = false;
  }

  ids(): (string | undefined)[] {
    return this.events.map(({ subject }) => subject);
  }
}

describe('the relay', () => {
  let catalogue: Catalogue;
  let publisher: ScriptedPublisher;
  let outcomes: Record<string, number>;
  let interruptions: string[];
  const relays: Relay[] = [];

  beforeAll(async () => {
    catalogue = await openCatalogue();
  });
  afterAll(() => catalogue.close());
  beforeEach(async () => {
    await catalogue.sql('DELETE FROM outbox');
    publisher = new ScriptedPublisher();
    outcomes = {};
    interruptions = [];
  });
  afterEach(() => Promise.all(relays.splice(0).map((relay) => relay.stop())));

  const startRelay = (bell = new Bell()): Relay => {
    const relay = new Relay({
      databaseUrl: catalogue.url,
      publisher,
      bell,
      published: (outcome, count) => (outcomes[outcome] = (outcomes[outcome] ?? 0) + count),
      interrupted: (reason) => interruptions.push(reason),
    });
    relays.push(relay);
    relay.start();
    return relay;
  };
  const waiting = () =>
    catalogue.sql<{ attempts: number; last_error: string | null; next_attempt_at: Date | null }>(
      'SELECT * FROM outbox ORDER BY seq',
    );
  const emptied = () => until('the outbox is empty', 10_000, async () => (await waiting()).length === 0);
  const endRelaySessions = () =>
    catalogue.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'larder-catalog-relay' AND datname = current_database()`,
    );

  it('publishes every row as the event of its change, in order, and removes it once it is confirmed', async () => {
    const first = await addCategory(catalogue);
    const second = await addCategory(catalogue);
    startRelay();
    await emptied();

    expect(publisher.ids()).toEqual([first.id, second.id]);
    expect(publisher.events[0]).toMatchObject({
      type: 'catalog.category.created',
      source: CATALOG_SOURCE,
      subject: first.id,
      data: { id: first.id, version: first.version, path: [first.id] },
    });
    expect(publisher.events[0]).not.toHaveProperty('traceparent');
    await until('both were counted', 10_000, () => outcomes['confirmed'] === 2);
    expect(outcomes).toEqual({ confirmed: 2 });
  });

  it('keeps rows while the broker is away, and delivers them when it is back', async () => {
    publisher.connected = false;
    startRelay();
    const category = await addCategory(catalogue);
    await until('it was interrupted', 10_000, async () => interruptions.length > 0);
    expect(await waiting()).toMatchObject([{ attempts: 0, last_error: null }]);

    publisher.connected = true;
    await emptied();
    expect(publisher.ids()).toEqual([category.id]);
    expect(interruptions).toEqual(['the broker is away']);
  });

  it.each(['unroutable', 'refused', 'timed-out'] as const)(
    'keeps a row that comes back %s, says why, and tries again later',
    async (outcome) => {
      publisher.answer = async () => outcome;
      const category = await addCategory(catalogue);
      const startedMs = Date.now();
      startRelay();
      const row = await until(
        'an attempt was noted',
        10_000,
        async () => (await waiting()).find(({ attempts }) => attempts > 0) ?? false,
      );

      expect(row.last_error).toBe(outcome);
      expect(row.next_attempt_at!.getTime() - startedMs).toBeGreaterThanOrEqual(FIRST_RETRY_MS);
      publisher.answer = async () => 'confirmed';
      await emptied();
      await until('the last one was counted', 10_000, () => outcomes['confirmed'] === 1);
      const attempts = publisher.ids();
      expect(outcomes).toEqual({ [outcome]: attempts.length - 1, confirmed: 1 });
      expect(new Set(attempts)).toEqual(new Set([category.id]));
      expect(attempts.length).toBeGreaterThan(1);
    },
  );

  it('takes a row whose transaction commits after one with a higher number', async () => {
    const slow = new pg.Client({ connectionString: catalogue.url });
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO categories (name) VALUES ('slow to commit')`);
    const quick = await addCategory(catalogue);
    startRelay();
    await until('the first event is published', 10_000, async () => publisher.events.length === 1);
    await slow.query('COMMIT');
    await slow.end();
    await emptied();

    expect(publisher.ids()[0]).toBe(quick.id);
    expect(publisher.events).toHaveLength(2);
  });

  it('repeats, and never loses, what was confirmed before a crash kept it from being removed', async () => {
    let crashes = 1;
    publisher.answer = async () => {
      if (crashes-- > 0) await endRelaySessions();
      return 'confirmed';
    };
    const category = await addCategory(catalogue);
    startRelay();
    await emptied();

    expect(publisher.ids()).toEqual([category.id, category.id]);
    expect(publisher.events[0]!.id).toBe(publisher.events[1]!.id);
  });

  it('works one at a time, and another takes over within 2 s of the end of the first', async () => {
    const takeOver = async (): Promise<number> => {
      publisher.events.splice(0);
      const [first, second] = [startRelay(), startRelay()];
      await addCategory(catalogue);
      await emptied();
      await endRelaySessions(); // both come back; one of them leads
      await addCategory(catalogue);
      await emptied();
      await first.stop();

      const startMs = performance.now();
      await addCategory(catalogue);
      await emptied();
      const tookMs = performance.now() - startMs;
      expect(publisher.events).toHaveLength(3);
      await second.stop();
      return tookMs;
    };
    expect(await fastest(3, 2_000, takeOver)).toBeLessThan(2_000);
  });

  it('loses its lock when it is frozen, so that another takes over', async () => {
    const frozen = await RelaySession.open(catalogue.url);
    expect(await frozen.lead()).toBe(true);
    startRelay();
    await addCategory(catalogue);
    await emptied();
    await expect(frozen.lead()).rejects.toThrow();
    await frozen.close();
  });

  it('does not wait for its poll when it is woken', async () => {
    const bell = new Bell();
    startRelay(bell);
    const delays: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      await addCategory(catalogue);
      const committed = performance.now();
      bell.ring();
      const before = publisher.events.length;
      await until(
        'it is published',
        10_000,
        async () => publisher.events.length > before || (await waiting()).length === 0,
      );
      delays.push(performance.now() - committed);
    }
    expect(delays.sort((a, b) => a - b)[2]).toBeLessThan(50); // a poll alone takes 50 ms on average
  });
});
