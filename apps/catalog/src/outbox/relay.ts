import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerUnavailable } from '@larder/messaging';
import { Leadership, type LeadershipParts } from './leadership.js';
import { RelaySession } from './relay-session.js';

const POLL_MS = 100;
const CANDIDATE_POLL_MS = 500;
const FIRST_BACK_OFF_MS = 50;
const MAX_BACK_OFF_MS = 500;

/** What a {@link Relay} works with. */
export interface RelayParts extends LeadershipParts {
  readonly databaseUrl: string;
  /** Told when the relay cannot go on for now, once per stretch of failures. */
  readonly interrupted: (reason: string) => void;
}

/**
 * Carries what was committed to the broker, in numbered batches; with nothing to carry, a beat every 100 ms. Of all relays on
 * one database one works; another takes over within 2 s of its end. While the broker or the database is away, rows wait; it
 * tries again at least every 0.5 s.
 */
export class Relay {
  private running: Promise<void> | null = null;
  private readonly stopping = new AbortController();
  private session: RelaySession | null = null;
  private leadership: Leadership | null = null;
  private failures = 0;

  constructor(private readonly parts: RelayParts) {}

  /** Begins to work, in the background. */
  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the batches in hand, and lets another relay take over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.parts.bell.ring();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.step();
        this.failures = 0;
      } catch (error) {
        await this.backOff(error);
      }
    }
    await this.leadership?.end();
    await this.session?.close();
  }

  private async step(): Promise<void> {
    this.session ??= await RelaySession.open(this.parts.databaseUrl);
    if (!(await this.session.lead())) {
      await this.pause(CANDIDATE_POLL_MS);
      return;
    }
    this.leadership ??= await Leadership.begin(this.session, this.parts);
    if (!(await this.leadership.step())) await this.parts.bell.wait(POLL_MS);
  }

  /** The session outlives a broker that is away, so that no other relay takes over what it cannot publish either. */
  private async backOff(error: unknown): Promise<void> {
    if (!(error instanceof BrokerUnavailable)) {
      await this.session?.close();
      this.session = null;
      this.leadership = null;
    }
    if (this.failures === 0) this.parts.interrupted(error instanceof Error ? error.message : String(error));
    await this.pause(Math.min(FIRST_BACK_OFF_MS * 2 ** this.failures, MAX_BACK_OFF_MS));
    this.failures += 1;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
