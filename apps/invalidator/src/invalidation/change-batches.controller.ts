import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern } from '@nestjs/microservices';
import { CHANGE_BATCH, ChangeBatch, chainBatchOf } from '@larder/contracts';
import { EventContext, MalformedEvent, type IncomingEvent } from '@larder/messaging';
import { issuesOf } from '@larder/platform';
import { BatchQueue } from './batch-queue.js';
import { InvalidatorMetrics } from './invalidator-metrics.js';

/** Takes the catalog's changes batch by batch. A key that a message names is never used. */
@Controller()
export class ChangeBatchesController {
  constructor(
    @Inject(BatchQueue) private readonly queue: BatchQueue,
    @Inject(InvalidatorMetrics) private readonly metrics: InvalidatorMetrics,
  ) {}

  /** Resolves, and so acknowledges the batch, once it is applied. @throws {MalformedEvent} */
  @EventPattern(CHANGE_BATCH)
  async apply(@Ctx() context: EventContext): Promise<void> {
    const event = context.getEvent();
    const batch = parse(event);
    this.metrics.handled(batch, await this.queue.apply(chainBatchOf(batch)), event.time);
  }
}

function parse({ type, data }: IncomingEvent): ChangeBatch {
  const { success, data: batch, error } = ChangeBatch.safeParse(data);
  if (success) return batch;
  const issues = issuesOf(error).map(({ path, message }) => `${path}: ${message}`);
  throw new MalformedEvent(`${type}: ${issues.join('; ')}`);
}
