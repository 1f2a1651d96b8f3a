import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CacheEvent, CacheListener } from '../core/events.js';
import { CIRCUIT_LEVELS, LOAD_SECONDS, OPERATION_SECONDS, outcomeOf } from '../metrics/scales.js';

/** A cache listener that counts into `registry`. No ids in labels; `space` is `service:entity`. Once per registry. */
export function prometheusListener(registry: Registry): CacheListener {
  const metrics = createMetrics(registry);
  return (event) => {
    (RECORDERS[event.type] as Recorder<CacheEvent>)(metrics, event);
  };
}

type Metrics = ReturnType<typeof createMetrics>;
type Recorder<Event> = (metrics: Metrics, event: Event) => void;

function createMetrics(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `larder_cache_${name}`, help, labelNames, registers: [registry] });
  const seconds = <Label extends string>(name: string, help: string, labelNames: Label[], buckets: number[]) =>
    new Histogram({ name: `larder_cache_${name}`, help, labelNames, buckets, registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `larder_cache_${name}`, help, labelNames, registers: [registry] });
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
    refreshes: counter('refreshes_total', 'Loads begun in the background for values that were served.', [
      'space',
      'reason',
    ]),
    promotions: counter('promotions_total', "Values offered to the process's own tier.", ['space', 'result']),
    l1: gauge('l1_on', "Whether the process's own tier is in use.", ['space']),
    retired: counter('retired_spaces_total', 'Spaces made unservable as a whole.', ['space', 'reason']),
    corrupt: counter('corrupt_entries_total', 'Stored values that did not fit their schema.', ['space']),
    invalidations: counter('invalidations_total', 'Entries and tags invalidated.', ['kind', 'result']),
    pending: gauge('pending_invalidations', 'Invalidations that wait for the store.'),
    uncertified: counter('uncertified_reads_total', 'Reads that were loaded for want of a certificate.', ['space']),
    chain: counter('chain_repairs_total', 'What a store lacked of a chain, by what was done.', ['service', 'what']),
    settled: counter('settled_intents_total', 'Intents that were ended for writers that had not done so.', []),
    circuit: gauge('circuit_state', 'The breaker before the store: 0 closed, 1 half open, 2 open.'),
  };
}

const RECORDERS: { readonly [Type in CacheEvent['type']]: Recorder<Extract<CacheEvent, { type: Type }>> } = {
  read: ({ requests }, { space, tier, outcome, count }) => {
    requests.inc({ space, tier, result: outcome }, count);
  },
  coalesced: ({ coalesced }, { space, count }) => {
    coalesced.inc({ space }, count);
  },
  load: ({ loads }, event) => {
    loads.observe({ space: event.space, outcome: outcomeOf(event) }, event.durationMs / 1_000);
  },
  refresh: ({ refreshes }, { space, reason }) => {
    refreshes.inc({ space, reason });
  },
  fill: ({ fills, refused }, { space, result }) => {
    fills.inc({ space, result });
    if (result === 'refused' || result === 'outdated') refused.inc({ space });
  },
  promotion: ({ promotions }, { space, result }) => {
    promotions.inc({ space, result });
  },
  corrupt: ({ corrupt }, { space }) => {
    corrupt.inc({ space });
  },
  invalidation: (metrics, { entries, tags, result, pending }) => {
    metrics.invalidations.inc({ kind: 'entry', result }, entries);
    metrics.invalidations.inc({ kind: 'tag', result }, tags);
    metrics.pending.set(pending);
  },
  retired: ({ retired }, { space, reason }) => {
    retired.inc({ space, reason });
  },
  l1: ({ l1 }, { space, state }) => {
    l1.set({ space }, state === 'on' ? 1 : 0);
  },
  uncertified: ({ uncertified }, { space, count }) => {
    uncertified.inc({ space }, count);
  },
  chain: ({ chain }, { service, what }) => {
    chain.inc({ service, what });
  },
  settled: ({ settled }, { count }) => {
    settled.inc(count);
  },
  operation: ({ operations }, event) => {
    operations.observe({ operation: event.operation, outcome: outcomeOf(event) }, event.durationMs / 1_000);
  },
  circuit: ({ circuit }, { state }) => {
    circuit.set(CIRCUIT_LEVELS[state]);
  },
};
