import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { parseCatalogEvent, type CatalogEvent } from '@larder/contracts';
import type { EventConsumer, IncomingEvent, Subscriber, Verdict } from '@larder/messaging';
import { ZodError } from 'zod';
import { SAMPLED_EVENTS } from '../topology.js';
import type { AuditMetrics } from './audit-metrics.js';
import type { Auditor } from './auditor.js';

/** What an {@link AuditIntake} connects. */
export interface AuditIntakeParts {
  readonly consumer: EventConsumer;
  readonly auditor: Auditor;
  readonly metrics: AuditMetrics;
}

/** Takes events for the auditor and acknowledges each at once. The invalidator works with or without it. */
export class AuditIntake implements Subscriber, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AuditIntake.name);
  private stopping = false;

  constructor(private readonly parts: AuditIntakeParts) {}

  /** Begins to receive, in the background: the first events may be missed. */
  onApplicationBootstrap(): void {
    this.parts.consumer.start(SAMPLED_EVENTS, this).catch((reason: unknown) => {
      if (!this.stopping) this.logger.warn({ message: 'nothing is audited until the next start', reason });
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.parts.auditor.stop();
    await this.parts.consumer.close();
  }

  handle(event: IncomingEvent): Promise<Verdict> {
    const { auditor } = this.parts;
    if (!auditor.hasRoom()) return Promise.resolve('done');
    const read = parse(event);
    if (read !== null) auditor.audit(read);
    return Promise.resolve(read === null ? 'malformed' : 'done');
  }

  deadLettering(): Promise<void> {
    return Promise.resolve();
  }

  /** Dropped, that is: samples have no dead letters. */
  deadLettered(): void {
    this.parts.metrics.heard('malformed');
  }

  upChanged(up: boolean, reason: string | null): void {
    this.parts.metrics.upChanged(up);
    if (!up && !this.stopping) this.logger.warn(`not auditing: ${reason ?? 'unknown'}`);
  }
}

/** `null` for an event that this release cannot read. */
function parse({ type, data }: IncomingEvent): CatalogEvent | null {
  try {
    return parseCatalogEvent(type, data);
  } catch (error) {
    if (error instanceof ZodError) return null;
    throw error;
  }
}
