import { CHANGE_BATCH, ChangeBatch } from '@larder/contracts';
import { BrokerUnavailable, type OutgoingEvent, type Publisher, type PublishOutcome } from '@larder/messaging';
import { until } from '../../../tools/services/index.js';
import { Bell } from '../src/outbox/bell.js';
import { Relay } from '../src/outbox/relay.js';
import { openCatalogue, type Catalogue } from './fixture.js';

/** A broker whose answers the test decides; it notes every event that it was handed and had not refused to hear. */
export class ScriptedPublisher implements Publisher {
  private readonly heard: OutgoingEvent[] = [];
  connected = true;
  answer: (event: OutgoingEvent) => PublishOutcome | Promise<PublishOutcome> = () => 'confirmed';

  async publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    if (!this.connected) throw new BrokerUnavailable('the broker is away');
    this.heard.push(...events);
    return Promise.all(events.map(async (event) => this.answer(event)));
  }

  async close(): Promise<void> {
    this.connected = false;
  }

  /** Everything but beats. */
  get sent(): OutgoingEvent[] {
    return this.heard.filter((event) => event.type !== CHANGE_BATCH || !isBeat(event));
  }

  /** The batches, in the order of their coming. */
  get batches(): OutgoingEvent[] {
    return this.sent.filter(({ type }) => type === CHANGE_BATCH);
  }

  get beats(): ChangeBatch[] {
    return this.heard.filter(isBeat).map(({ data }) => ChangeBatch.parse(data));
  }

  /** What the events that are no batches are about. */
  subjects(): (string | undefined)[] {
    return this.sent.filter(({ type }) => type !== CHANGE_BATCH).map(({ subject }) => subject);
  }

  forget(): void {
    this.heard.splice(0);
  }
}

export const isBatch = (event: OutgoingEvent): boolean => event.type === CHANGE_BATCH;

function isBeat({ type, data }: OutgoingEvent): boolean {
  return type === CHANGE_BATCH && ChangeBatch.parse(data).changes.length === 0;
}

/** A row of the log, without what it holds. */
export interface LogLine {
  readonly n: string;
  readonly after: string;
  readonly as_of_ms: number | null;
  readonly published_at: Date | null;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly next_attempt_at: Date | null;
}

/** A database with relays on it that publish to one scripted broker. */
export class RelayStage {
  publisher = new ScriptedPublisher();
  outcomes: Record<string, number> = {};
  interruptions: string[] = [];
  givenUp = 0;
  /** What the relays take for the time of the cache. */
  now: () => Promise<number | null> = async () => 1_000;
  private readonly relays: Relay[] = [];

  private constructor(readonly catalogue: Catalogue) {}

  static async open(): Promise<RelayStage> {
    return new RelayStage(await openCatalogue());
  }

  /** As if nothing had ever been changed. */
  async clear(): Promise<void> {
    await this.catalogue.sql('DELETE FROM outbox');
    await this.catalogue.sql('DELETE FROM invalidation_log; DELETE FROM owed_events');
    this.publisher = new ScriptedPublisher();
    this.outcomes = {};
    this.interruptions = [];
    this.givenUp = 0;
    this.now = async () => 1_000;
  }

  /** `publisher`: in place of the scripted one. */
  start(bell = new Bell(), publisher: Publisher = this.publisher): Relay {
    const relay = new Relay({
      databaseUrl: this.catalogue.url,
      publisher,
      bell,
      now: () => this.now(),
      published: (outcome, count) => (this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + count),
      gaveUp: (count) => (this.givenUp += count),
      interrupted: (reason) => this.interruptions.push(reason),
    });
    this.relays.push(relay);
    relay.start();
    return relay;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.relays.splice(0).map((relay) => relay.stop()));
  }

  async waiting(): Promise<number> {
    return (await this.catalogue.sql('SELECT FROM outbox')).length;
  }

  /** How many events are to be published again by themselves. */
  async owed(): Promise<number> {
    return (await this.catalogue.sql('SELECT FROM owed_events')).length;
  }

  log(): Promise<LogLine[]> {
    return this.catalogue.sql<LogLine>('SELECT * FROM invalidation_log ORDER BY n');
  }

  /** Resolves once every change is published. */
  async emptied(): Promise<void> {
    await until('all is published', 10_000, async () => {
      const waiting = await this.waiting(); // looked at in the order in which a change moves, so that none slips by
      const unpublished = (await this.log()).filter(({ published_at }) => published_at === null);
      return waiting + unpublished.length + (await this.owed()) === 0;
    });
  }

  /** What a server does to sessions that say nothing. */
  async endSessions(): Promise<void> {
    await this.catalogue.sql(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
       WHERE application_name = 'larder-catalog-relay' AND datname = current_database()`,
    );
  }

  async close(): Promise<void> {
    await this.catalogue.close();
  }
}
