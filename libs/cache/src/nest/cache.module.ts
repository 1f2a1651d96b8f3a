import { Inject, Logger, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Cache } from '../core/cache.js';
import { CacheConnection } from './cache-connection.js';
import { CacheHealthIndicator } from './cache-health-indicator.js';
import { CACHE_OPTIONS, ConfigurableModuleClass } from './cache-module-options.js';
import type { CacheModuleOptions } from './cache-module-options.js';
import { facadeProviders } from './facade/facade-provider.js';
import type { CacheFacadeOptions } from './facade/facade-space.js';
import { logStoreFailures } from './log-store-failures.js';
import { spaceProvider, type AnySpace } from './space-provider.js';

/** What `CacheModule.forFeature` returns: a module of its own, because the cache belongs to that of `forRoot`. */
@Module({})
class CacheSpacesModule {}

/** What `CacheModule.forCacheManager` returns. */
@Module({})
class CacheFacadeModule {}

/** A cache whose store's failures are logged, whatever else is told of them. */
function createCache({ store }: CacheConnection, options: CacheModuleOptions): Cache {
  const log = logStoreFailures(new Logger('Cache'));
  return new Cache({
    ...options,
    store,
    onEvent: (event) => {
      log(event);
      options.onEvent?.(event);
    },
  });
}

/** Provides a {@link Cache}, under its class as the token, and a {@link CacheHealthIndicator}, and owns the Redis connection behind it. Global unless told otherwise. */
@Module({
  providers: [
    {
      provide: CacheConnection,
      inject: [CACHE_OPTIONS],
      useFactory: (options: CacheModuleOptions) => new CacheConnection(options),
    },
    {
      provide: Cache,
      inject: [CacheConnection, CACHE_OPTIONS],
      useFactory: createCache,
    },
    CacheHealthIndicator,
  ],
  exports: [Cache, CacheHealthIndicator],
})
export class CacheModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(CacheConnection) private readonly connection: CacheConnection,
    @Inject(Cache) private readonly cache: Cache,
  ) {
    super();
  }

  /** Provides a `SpaceCache` of each space to the module that imports it; inject it with `@InjectSpace`. */
  static forFeature(spaces: readonly AnySpace[]): DynamicModule {
    const providers = spaces.map(spaceProvider);
    return { module: CacheSpacesModule, providers, exports: providers };
  }

  /**
   * Provides a {@link CacheFacade} as `CACHE_MANAGER` to all modules, in the place of `CacheModule` of `@nestjs/cache-manager`.
   * One per application. @throws {RangeError} for options out of their range
   */
  static forCacheManager(options: CacheFacadeOptions): DynamicModule {
    const providers = facadeProviders(options);
    return { module: CacheFacadeModule, global: true, providers, exports: providers };
  }

  async onModuleInit(): Promise<void> {
    await this.connection.open();
  }

  /** Runs after the servers have drained, so that requests in flight still have their cache. */
  async onApplicationShutdown(): Promise<void> {
    await this.cache.close();
    await this.connection.close();
  }
}
