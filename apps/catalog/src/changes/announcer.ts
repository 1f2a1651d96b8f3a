import { Injectable, Logger } from '@nestjs/common';
import { Cache, CacheError } from '@larder/cache';
import { invalidationsOf, versionsOf } from '@larder/contracts';
import { changed, type Answer } from '@larder/platform';
import { Counter, Registry } from 'prom-client';
import { Bell } from '../outbox/bell.js';
import type { Committed } from './committed.js';

/** Tells the caches of a committed change, before its writer goes on. */
@Injectable()
export class Announcer {
  private readonly logger = new Logger(Announcer.name);
  private readonly outcomes: Counter<'outcome'>;

  constructor(
    private readonly cache: Cache,
    private readonly bell: Bell,
    registry: Registry,
  ) {
    this.outcomes = new Counter({
      name: 'larder_direct_invalidations_total',
      help: "Invalidations by the writer itself after its commit. pending: repeated in the background; lost: left to the change's event.",
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  /**
   * Wakes the relay, invalidates what the change made obsolete, and unwraps its result with what the caches know of it and
   * the versions that it made. Takes no longer than one operation of the cache may and never fails: the change is committed, and its events are on
   * their way all the same.
   */
  async announce<Result>({ result, changes }: Committed<Result>): Promise<Answer<Result>> {
    if (changes.length === 0) return changed(result, 'applied');
    const versions = versionsOf(changes);
    this.bell.ring();
    try {
      await this.cache.invalidateAll(changes.map(invalidationsOf));
      this.outcomes.inc({ outcome: 'applied' });
      return changed(result, 'applied', versions);
    } catch (error) {
      this.outcomes.inc({ outcome: outcomeOf(error) });
      this.logger.warn(
        `A direct invalidation is left to its event: ${error instanceof Error ? error.message : 'unknown'}`,
      );
      return changed(result, 'pending', versions);
    }
  }
}

/** `lost`: nothing in this process repeats it. */
function outcomeOf(error: unknown): 'pending' | 'lost' {
  return error instanceof CacheError && error.code === 'INVALIDATION_PENDING' ? 'pending' : 'lost';
}
