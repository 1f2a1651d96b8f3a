import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Meter, Tracer } from '@opentelemetry/api';
import type { CacheEvent, CacheListener } from '../core/events.js';
import { outcomeOf } from '../metrics/scales.js';
import { attributes, createRecorders } from './instruments.js';

/** Where to record. */
export interface OpenTelemetryOptions {
  readonly meter: Meter;
  /** Gets a span for each load, a child of the span of whoever began it; no spans unless given. */
  readonly tracer?: Tracer;
}

/**
 * A cache listener that records into OpenTelemetry: instruments `larder.cache.*`, durations in seconds, and spans
 * `larder.cache.load`. No ids in attributes; `larder.cache.space` is `service:entity`. Once per meter.
 */
export function openTelemetryListener({ meter, tracer }: OpenTelemetryOptions): CacheListener {
  const recorders = createRecorders(meter);
  return (event) => {
    (recorders[event.type] as CacheListener)(event);
    if (tracer && event.type === 'load') traceLoad(tracer, event);
  };
}

/** The load has ended, still within the context of the read that began it. */
function traceLoad(tracer: Tracer, event: Extract<CacheEvent, { readonly type: 'load' }>): void {
  const endMs = performance.timeOrigin + performance.now();
  const span = tracer.startSpan('larder.cache.load', {
    kind: SpanKind.INTERNAL,
    startTime: endMs - event.durationMs,
    attributes: attributes({ space: event.space, outcome: outcomeOf(event) }),
  });
  if (event.failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endMs);
}
