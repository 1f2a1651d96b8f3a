import type { Store } from '@larder/cache';
import type { InProcessBus } from '@larder/messaging';

/** In-process stand-ins for servers, for the embedded start and for tests. Each replaces the server it stands for. */
export interface CatalogTwins {
  /** In place of Redis. */
  readonly store?: Store;
  /** In place of RabbitMQ. */
  readonly bus?: InProcessBus;
}
