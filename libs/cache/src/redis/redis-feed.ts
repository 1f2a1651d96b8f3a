import type { Redis } from 'ioredis';
import type { FeedListener } from '../core/store.js';

/** How often the subscription is asked whether it has delivered everything, in milliseconds. */
const PING_MS = 100;

/**
 * Hears what the scripts publish on `<service>:invalidated`, over a connection of its own like that of `redis`.
 *
 * Redis answers a ping on the same connection behind all messages that were published before it, so an answer vouches
 * for everything up to the moment when the ping left.
 */
export function listenToRedis(redis: Redis, service: string, listener: FeedListener): () => void {
  const subscriber = redis.duplicate({ lazyConnect: true, autoResubscribe: false, enableOfflineQueue: false });
  let timer: NodeJS.Timeout | undefined;
  const ping = (): void => {
    const leftAtMs = performance.now();
    subscriber.ping().then(
      () => {
        listener.caughtUp(leftAtMs);
      },
      () => undefined, // the connection is closing, and says so itself
    );
  };
  const begin = async (): Promise<void> => {
    await subscriber.subscribe(`${service}:invalidated`);
    clearInterval(timer);
    timer = setInterval(ping, PING_MS).unref();
    ping();
  };
  subscriber.on('ready', () => {
    begin().catch(() => {
      subscriber.disconnect(true);
    });
  });
  subscriber.on('message', (_channel, key) => {
    listener.heard(key);
  });
  subscriber.on('close', () => {
    clearInterval(timer);
    listener.lost();
  });
  subscriber.on('error', () => undefined); // the main connection meets the same, and its owner is told there
  subscriber.connect().catch(() => undefined); // retried by the client
  return () => {
    clearInterval(timer);
    subscriber.disconnect();
  };
}
