import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { certificateKey } from '../core/key.js';
import type { FeedListener } from '../core/store.js';
import { runOf } from './server-identity.js';

/** How often it is proved that everything has been heard, in milliseconds. */
const BEAT_MS = 100;
/** A subscription that misses what the server has taken for so long is at another server, or cut. */
const MAX_MISSING_MS = 1_000;
/** How long to wait before a server is asked again who it is, or looked for again; each time twice as long. */
const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;
/** Beats that may be under way; a server that owes so many answers is not asked again. */
const MAX_BEATS = 50;

/**
 * Hears what the scripts publish on `<service>:invalidated`, over a connection of its own like that of `redis`, which it opens
 * when `redis` connects for the first time: before that nobody has asked for a connection.
 *
 * It vouches only while both connections lead to one server, by the id of its run: a subscription at the replica of a server
 * hears beats and misses what was published before that replica was in step. `redis` publishes beats on a channel that only
 * this feed hears; one that arrives shows that everything which that server had published before has been heard, up to the
 * moment when the beat left. A subscription that misses beats, or is at another server, is connected anew.
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
  /** What a certificate begins with among the keys. */
  private readonly certificate: string;
  /** The run of the server that the subscription is at; `null` while there is none. */
  private subscribedAt: string | null = null;
  /** When the beats left that have not been heard, by number. */
  private readonly left = new Map<string, number>();
  private lastNumber = 0;
  private missingSinceMs: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private retry: NodeJS.Timeout | undefined;
  private retryMs = MIN_RETRY_MS;

  constructor(
    private readonly redis: Redis,
    service: string,
    private readonly listener: FeedListener,
  ) {
    this.invalidated = `${service}:invalidated`;
    this.certificate = `${certificateKey(service)} `;
    this.beats = `${service}:beat:${randomUUID()}`;
    this.subscriber = redis.duplicate({ lazyConnect: true, autoResubscribe: false, enableOfflineQueue: false });
    this.subscriber.on('ready', this.ask);
    this.subscriber.on('message', (channel, text) => {
      if (channel === this.beats) this.hear(text);
      else if (text.startsWith(this.certificate)) listener.certified(Number(text.slice(this.certificate.length)));
      else listener.heard(text);
    });
    this.subscriber.on('close', () => {
      this.subscribedAt = null;
      this.lose();
    });
    this.subscriber.on('error', () => undefined); // the main connection meets the same, and its owner is told there
    widen(redis, 1);
    redis.on('close', this.lose);
    redis.on('ready', this.begin);
    if (redis.status === 'wait') redis.once('connecting', this.connect);
    else this.connect();
  }

  stop(): void {
    this.redis.off('connecting', this.connect);
    this.redis.off('close', this.lose);
    this.redis.off('ready', this.begin);
    widen(this.redis, -1);
    clearTimeout(this.retry);
    this.lose();
    this.subscriber.removeAllListeners('message'); // what is under way may still arrive
    this.subscriber.disconnect();
  }

  private readonly connect = (): void => {
    this.subscriber.connect().catch(() => undefined); // retried by the client
  };

  private readonly ask = (): void => {
    this.subscribe().catch(() => {
      this.subscriber.disconnect(true);
    });
  };

  private async subscribe(): Promise<void> {
    const run = await runOf(this.subscriber); // a subscriber may ask nothing more
    if (run === null) {
      if (this.subscriber.status === 'ready') this.later(this.ask);
      return;
    }
    await this.subscriber.subscribe(this.invalidated, this.beats);
    this.subscribedAt = run;
    this.begin();
  }

  private readonly begin = (): void => {
    void this.beginAt(this.subscribedAt);
  };

  private async beginAt(run: string | null): Promise<void> {
    if (run === null) return; // once there is a subscription
    const { stream } = this.redis;
    const own = await runOf(this.redis);
    const isOver = this.redis.status !== 'ready' || this.redis.stream !== stream || this.subscribedAt !== run;
    if (isOver) return; // begun again when it is back
    if (own === run) this.vouch();
    else this.later(own === null ? this.begin : this.lookElsewhere);
  }

  private vouch(): void {
    this.retryMs = MIN_RETRY_MS;
    this.end();
    this.timer = setInterval(() => {
      this.beat();
    }, BEAT_MS).unref();
    this.beat();
  }

  private readonly lookElsewhere = (): void => {
    this.lose();
    this.subscriber.disconnect(true);
  };

  private later(what: () => void): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(what, this.retryMs).unref();
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
  }

  private readonly lose = (): void => {
    this.end();
    this.listener.lost();
  };

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
    if (performance.now() - this.missingSinceMs > MAX_MISSING_MS) this.lookElsewhere();
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

/** Each service has listeners of its own on the one client: no leak that it should warn of. */
function widen(redis: Redis, by: 1 | -1): void {
  const listeners = redis.getMaxListeners();
  if (listeners > 0) redis.setMaxListeners(listeners + by);
}
