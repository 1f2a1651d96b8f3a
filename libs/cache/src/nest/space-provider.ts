import { Inject } from '@nestjs/common';
import type { FactoryProvider } from '@nestjs/common';
import { Cache } from '../core/cache.js';
import type { SpaceCache } from '../core/space-cache.js';
import type { Space } from '../core/space.js';

/** A space of whatever values, as far as its place in the store tells it from others. */
export type AnySpace = Pick<Space<never>, 'prefix' | 'name'>;

/**
 * Injects the `SpaceCache` of a space, which `CacheModule.forFeature` of the same module provides:
 * `@InjectSpace(products) private readonly products: SpaceCache<Product>`.
 */
export function InjectSpace(space: AnySpace): ParameterDecorator & PropertyDecorator {
  return Inject(tokenOf(space));
}

/** Provides the `SpaceCache` of a space for {@link InjectSpace}. @throws {Error} when there is no `Cache` to take it from */
export function spaceProvider(space: AnySpace): FactoryProvider<SpaceCache<unknown>> {
  return {
    provide: tokenOf(space),
    inject: [{ token: Cache, optional: true }],
    useFactory: (cache: Cache | undefined) => {
      if (cache) return cache.space(space as Space<unknown>);
      throw new Error(
        `CacheModule.forFeature([${space.name}]) needs a Cache: import CacheModule.forRoot(...) in the root module, with isGlobal as it is by default`,
      );
    },
  };
}

/** Two spaces that share a prefix share a token; `Cache.space` refuses the second of them. */
function tokenOf({ prefix }: AnySpace): string {
  return `SpaceCache of ${prefix}`;
}
