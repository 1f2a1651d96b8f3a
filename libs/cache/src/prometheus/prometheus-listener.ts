import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CacheEvent, CacheListener } from '../core/events.js';

const STATES = { closed: 0, 'half-open': 1, open: 2 } as const;
const OPERATION_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1];
const LOAD_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** A cache listener that counts into `registry`. No ids in labels; `space` is `service:entity`. Once per registry. */
export function prometheusListener(registry: Registry): CacheListener {
  const metrics = createMetrics(registry);
  return (event) => {
    record(metrics, event);
  };
}

type Metrics = ReturnType<typeof createMetrics>;

function createMetrics(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `larder_cache_${name}`, help, labelNames, registers: [registry] });
  const seconds = <Label extends string>(name: string, help: string, labelNames: Label[], buckets: number[]) =>
    new Histogram({ name: `larder_cache_${name}`, help, labelNames, buckets, registers: [registry] });
  return {
    requests: counter('requests_total', 'Reads by how they were answered.', ['space', 'tier', 'result']),
    coalesced: counter('coalesced_total', "Reads that shared another reader's load.", ['space']),
    loads: seconds('load_duration_seconds', 'Loads from the source.', ['space', 'outcome'], LOAD_SECONDS),
    operations: seconds(
      'operation_duration_seconds',
      'Uses of the store.',
      ['operation', 'outcome'],
      OPERATION_SECONDS,
    ),
    fills: counter('fills_total', 'Loaded values offered to the store.', ['space', 'result']),
    refused: counter('refused_fills_total', 'Loaded values that the fence kept out.', ['space']),
    corrupt: counter('corrupt_entries_total', 'Stored values that did not fit their schema.', ['space']),
    invalidations: counter('invalidations_total', 'Entries and tags invalidated.', ['kind', 'result']),
    circuit: new Gauge({
      name: 'larder_cache_circuit_state',
      help: 'The breaker before the store: 0 closed, 1 half open, 2 open.',
      registers: [registry],
    }),
  };
}

function record(metrics: Metrics, event: CacheEvent): void {
  switch (event.type) {
    case 'read':
      metrics.requests.inc({ space: event.space, tier: tierOf(event.outcome), result: event.outcome }, event.count);
      return;
    case 'coalesced':
      metrics.coalesced.inc({ space: event.space }, event.count);
      return;
    case 'load':
      metrics.loads.observe({ space: event.space, outcome: outcomeOf(event) }, event.durationMs / 1_000);
      return;
    case 'operation':
      metrics.operations.observe({ operation: event.operation, outcome: outcomeOf(event) }, event.durationMs / 1_000);
      return;
    case 'fill':
      metrics.fills.inc({ space: event.space, result: event.result });
      if (event.result === 'refused' || event.result === 'outdated') metrics.refused.inc({ space: event.space });
      return;
    case 'corrupt':
      metrics.corrupt.inc({ space: event.space });
      return;
    case 'invalidation':
      metrics.invalidations.inc({ kind: 'entry', result: event.result }, event.entries);
      metrics.invalidations.inc({ kind: 'tag', result: event.result }, event.tags);
      return;
    case 'circuit':
      metrics.circuit.set(STATES[event.state]);
  }
}

function tierOf(outcome: 'hit' | 'negative' | 'miss' | 'bypass'): 'store' | 'source' {
  return outcome === 'hit' || outcome === 'negative' ? 'store' : 'source';
}

function outcomeOf({ failed }: { readonly failed: boolean }): 'ok' | 'failed' {
  return failed ? 'failed' : 'ok';
}
