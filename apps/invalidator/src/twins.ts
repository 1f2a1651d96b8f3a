import type { Store } from '@larder/cache';
import type { InProcessBus } from '@larder/messaging';

/** In-process stand-ins for servers that the configuration does not name. */
export interface InvalidatorTwins {
  readonly store?: Store;
  readonly bus?: InProcessBus;
}
