import type { FactoryProvider, Provider } from '@nestjs/common';
import { Cache } from '../../core/cache.js';
import { CacheFacade } from './cache-facade.js';
import { facadeSpace, type CacheFacadeOptions } from './facade-space.js';

/** The token of `@nestjs/cache-manager`, which need not be installed. */
export const CACHE_MANAGER = 'CACHE_MANAGER';

const LONGEST_LOAD_MS = 10_000;

/**
 * Provides a facade under its class and under {@link CACHE_MANAGER}. @throws {RangeError} for options out of their range;
 * when the facade is made, for one that is out of range because of the cache's own
 */
export function facadeProviders(options: CacheFacadeOptions): Provider[] {
  const { longestLoadMs = LONGEST_LOAD_MS, ...rest } = options;
  if (!Number.isSafeInteger(longestLoadMs) || longestLoadMs < 1)
    throw new RangeError(`longestLoadMs is an integer of 1 or more, not ${longestLoadMs}`);
  const space = facadeSpace(rest);
  const facade: FactoryProvider<CacheFacade> = {
    provide: CacheFacade,
    inject: [{ token: Cache, optional: true }],
    useFactory: (cache: Cache | undefined) => {
      if (!cache) throw new Error('CacheModule.forCacheManager needs a Cache: import CacheModule.forRoot(...) too');
      if (longestLoadMs >= cache.tombstoneMs)
        throw new RangeError(`longestLoadMs is below tombstoneMs, ${cache.tombstoneMs}, and not ${longestLoadMs}`);
      return new CacheFacade(space, cache, longestLoadMs);
    },
  };
  return [facade, { provide: CACHE_MANAGER, useExisting: CacheFacade }];
}
