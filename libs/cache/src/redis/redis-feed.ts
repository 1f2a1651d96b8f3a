import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { FeedListener } from '../core/store.js';

/** How often it is proved that everything has been heard, in milliseconds. */
const BEAT_MS = 100;
/** A subscription that misses what the server has taken for so long is at another server, or cut. */
const MAX_MISSING_MS = 1_000;
/** Beats that may be under way; a server that owes so many answers is not asked again. */
const MAX_BEATS = 50;

/**
 * Hears what the scripts publish on `<service>:invalidated`, over a connection of its own like that of `redis`.
 *
 * `redis` itself publishes beats on a channel that only this feed hears. One that arrives proves that both connections lead
 * to one server, which also tells the subscription everything it had published before: so it vouches for everything up to
 * the moment when the beat left. A subscription that misses beats is connected anew, to find the server that `redis` has found.
 */
export function listenToRedis(redis: Redis, service: string, listener: FeedListener): () => void {
  const feed = new RedisFeed(redis, service, listener);
  return () => {
    feed.stop();
  };
}

class RedisFeed {
  private readonly subscriber: Redis;
  private readonly invalidated: string;
  private readonly beats: string;
  /** When the beats left that have not been heard, by number. */
  private readonly left = new Map<string, number>();
  private lastNumber = 0;
  private missingSinceMs: number | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: Redis,
    service: string,
    private readonly listener: FeedListener,
  ) {
    this.invalidated = `${service}:invalidated`;
    this.beats = `${service}:beat:${randomUUID()}`;
    this.subscriber = redis.duplicate({ lazyConnect: true, autoResubscribe: false, enableOfflineQueue: false });
    this.subscriber.on('ready', () => {
      this.begin().catch(() => {
        this.subscriber.disconnect(true);
      });
    });
    this.subscriber.on('message', (channel, text) => {
      if (channel === this.beats) this.hear(text);
      else listener.heard(text);
    });
    this.subscriber.on('close', () => {
      this.end();
      listener.lost();
    });
    this.subscriber.on('error', () => undefined); // the main connection meets the same, and its owner is told there
    this.subscriber.connect().catch(() => undefined); // retried by the client
  }

  stop(): void {
    this.end();
    this.subscriber.disconnect();
  }

  private async begin(): Promise<void> {
    await this.subscriber.subscribe(this.invalidated, this.beats);
    this.end();
    this.timer = setInterval(() => {
      this.beat();
    }, BEAT_MS).unref();
    this.beat();
  }

  private end(): void {
    clearInterval(this.timer);
    this.left.clear();
    this.missingSinceMs = null;
  }

  private beat(): void {
    if (this.redis.status !== 'ready' || this.left.size >= MAX_BEATS) return;
    const number = String(++this.lastNumber);
    this.left.set(number, performance.now());
    this.redis.publish(this.beats, number).then(
      () => {
        this.expect(number);
      },
      () => this.left.delete(number), // the connection is closing, and says so itself
    );
  }

  /** The server has taken a beat, so the subscription is to hear it. */
  private expect(number: string): void {
    const leftAtMs = this.left.get(number);
    if (leftAtMs === undefined) return;
    this.missingSinceMs ??= leftAtMs;
    if (performance.now() - this.missingSinceMs > MAX_MISSING_MS) this.subscriber.disconnect(true);
  }

  private hear(number: string): void {
    const leftAtMs = this.left.get(number);
    if (leftAtMs === undefined) return; // of the connection before
    for (const each of this.left.keys()) {
      this.left.delete(each); // the older ones too
      if (each === number) break;
    }
    this.missingSinceMs = null;
    this.listener.caughtUp(leftAtMs);
  }
}
