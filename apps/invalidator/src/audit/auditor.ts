import { Logger } from '@nestjs/common';
import type { Cache } from '@larder/cache';
import type { CatalogEvent } from '@larder/contracts';
import { CHECKS_AFTER_SECONDS, type AuditMetrics } from './audit-metrics.js';
import { check, expectationOf, type CheckResult, type Expectation } from './expectation.js';
import { Sampler } from './sampler.js';
import type { WorstKeys } from './worst-keys.js';

/** Checks that may be due at a time: as many as a Redis that is away for a while may not turn into a flood. */
const MAX_PENDING = 5_000;
const LAST_SECONDS = Math.max(...CHECKS_AFTER_SECONDS);
const RECHECK_MS = 10_000;

/** What an {@link Auditor} works with. */
export interface AuditorParts {
  readonly cache: Cache;
  /** How many events are sampled a second, > 0. */
  readonly perSecond: number;
  readonly metrics: AuditMetrics;
  readonly worst: WorstKeys;
}

/**
 * Checks whether the cache keeps its promise: looks at the entry of a changed row a while after the change was published. Entries
 * that stay stale are looked at again until they are not. What it misses does not matter; what it finds does.
 */
export class Auditor {
  private readonly logger = new Logger(Auditor.name);
  private readonly sampler: Sampler;
  private readonly due = new Set<NodeJS.Timeout>();
  private readonly rechecks: NodeJS.Timeout;
  private looking = 0;
  private stopped = false;

  constructor(private readonly parts: AuditorParts) {
    this.sampler = new Sampler(parts.perSecond);
    this.rechecks = setInterval(() => {
      this.recheck();
    }, RECHECK_MS).unref();
  }

  /** Whether there is room for one more event; counts one that there is none for. */
  hasRoom(): boolean {
    const pending = this.due.size + this.looking;
    const has = !this.stopped && pending + CHECKS_AFTER_SECONDS.length <= MAX_PENDING && this.sampler.take();
    if (!has) this.parts.metrics.heard('skipped');
    return has;
  }

  /** The entry of this event's row is to be checked from now on. */
  audit(event: CatalogEvent): void {
    this.parts.metrics.heard('sampled');
    const expectation = expectationOf(event);
    const sinceMs = performance.now();
    for (const after of CHECKS_AFTER_SECONDS) {
      this.later(after, async () => {
        const result = await this.look(expectation, sinceMs);
        this.parts.metrics.checked(expectation.space.name, after, result);
        if (result === 'stale' && after === LAST_SECONDS) this.warn(expectation, after);
      });
    }
  }

  /** Checks nothing from now on. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.rechecks);
    for (const timer of this.due) clearTimeout(timer);
    this.due.clear();
  }

  private later(seconds: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.due.delete(timer);
      void work();
    }, seconds * 1_000).unref();
    this.due.add(timer);
  }

  private recheck(): void {
    for (const { expectation, sinceMs } of this.parts.worst.list()) void this.look(expectation, sinceMs);
  }

  private async look(expectation: Expectation, sinceMs: number): Promise<CheckResult> {
    const { cache, worst } = this.parts;
    this.looking += 1;
    const result = await check(cache, expectation);
    this.looking -= 1;
    if (result === 'stale') worst.stale({ expectation, sinceMs, checkedAtMs: performance.now() });
    if (result === 'fresh') worst.fresh(expectation);
    return result;
  }

  private warn({ space, id, version }: Expectation, afterSeconds: number): void {
    this.logger.warn({ message: 'an entry is older than its row', space: space.name, id, version, afterSeconds });
  }
}
