import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern } from '@nestjs/microservices';
import { invalidationsOf, parseCatalogEvent, type CatalogEvent } from '@larder/contracts';
import { EventContext, MalformedEvent, type IncomingEvent } from '@larder/messaging';
import { issuesOf } from '@larder/platform';
import { z } from 'zod';
import { InvalidationBatches } from './invalidation-batches.js';
import { InvalidatorMetrics } from './invalidator-metrics.js';
import { PATTERNS } from './topology.js';

/** Turns each event of the catalog into what it makes obsolete. A key that a message names is never used. */
@Controller()
export class CatalogEventsController {
  constructor(
    @Inject(InvalidationBatches) private readonly batches: InvalidationBatches,
    @Inject(InvalidatorMetrics) private readonly metrics: InvalidatorMetrics,
  ) {}

  /** Resolves, and so acknowledges the event, once its invalidations are applied. @throws {MalformedEvent} */
  @EventPattern(PATTERNS)
  async apply(@Ctx() context: EventContext): Promise<void> {
    const event = context.getEvent();
    await this.batches.apply(invalidationsOf({ ...parse(event), transaction: '' }));
    this.metrics.applied(event.time);
  }
}

function parse({ type, data }: IncomingEvent): CatalogEvent {
  try {
    return parseCatalogEvent(type, data);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issues = issuesOf(error).map(({ path, message }) => `${path}: ${message}`);
    throw new MalformedEvent(`${type}: ${issues.join('; ')}`);
  }
}
