import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CacheOptions } from '../core/cache-options.js';
import type { Store } from '../core/store.js';
import type { RedisSettings } from '../redis/redis-settings.js';

/** Where the entries live: a Redis that the module connects to and disconnects from, or a store of the caller's own. */
export type CacheBackend = { readonly redis: RedisSettings } | { readonly store: Store };

/** What `CacheModule.forRoot` takes. */
export type CacheModuleOptions = Omit<CacheOptions, 'store'> & CacheBackend;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CACHE_OPTIONS } =
  new ConfigurableModuleBuilder<CacheModuleOptions>({ moduleName: 'Cache' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
