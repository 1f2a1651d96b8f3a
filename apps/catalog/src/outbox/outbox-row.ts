import { CATALOG_SOURCE } from '@larder/contracts';
import type { OutgoingEvent } from '@larder/messaging';

/** A row of `outbox` as the driver reads it; `seq` is a bigint as text. */
export interface OutboxRow {
  readonly seq: string;
  readonly id: string;
  readonly type: string;
  readonly aggregate_id: string;
  readonly payload: unknown;
  readonly traceparent: string | null;
  readonly occurred_at: Date;
}

/** The row as an event. A repetition has the same id. */
export function toEvent({ id, type, payload, ...row }: OutboxRow): OutgoingEvent {
  return {
    id,
    type,
    source: CATALOG_SOURCE,
    time: row.occurred_at.toISOString(),
    subject: row.aggregate_id,
    data: payload,
    ...(row.traceparent !== null && { traceparent: row.traceparent }),
  };
}
