import { Injectable, Logger } from '@nestjs/common';
import { Cache } from '@larder/cache';
import { invalidationsOf } from '@larder/contracts';
import { Counter, Registry } from 'prom-client';
import { Bell } from '../outbox/bell.js';
import type { Committed } from './committed.js';

const DEADLINE_MS = 250;

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
      help: "Invalidations by the writer itself after its commit; one that is late is left to the change's event.",
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  /**
   * Wakes the relay, invalidates what the change made obsolete, and unwraps its result.
   * Takes 250 ms at most and never fails: the change is committed, and its events are on their way all the same.
   */
  async announce<Result>({ result, events }: Committed<Result>): Promise<Result> {
    if (events.length === 0) return result;
    this.bell.ring();
    const applied = this.cache.invalidateAll(events.map(invalidationsOf));
    try {
      await withinDeadline(applied);
      this.outcomes.inc({ outcome: 'applied' });
    } catch (error) {
      this.outcomes.inc({ outcome: 'pending' });
      this.logger.warn(
        `A direct invalidation is left to its event: ${error instanceof Error ? error.message : 'unknown'}`,
      );
    }
    return result;
  }
}

async function withinDeadline(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the cache has not answered within ${DEADLINE_MS} ms`));
    }, DEADLINE_MS);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
