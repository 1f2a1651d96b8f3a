import type { Attributes, Meter } from '@opentelemetry/api';
import type { CacheEvent } from '../core/events.js';
import { CIRCUIT_LEVELS, LOAD_SECONDS, OPERATION_SECONDS, outcomeOf } from '../metrics/scales.js';

type EventOf<Type extends CacheEvent['type']> = Extract<CacheEvent, { readonly type: Type }>;
type Recorders = { readonly [Type in CacheEvent['type']]: (event: EventOf<Type>) => void };

/** Creates the instruments; returns what records an event of each type into them. */
export function createRecorders(meter: Meter): Recorders {
  return {
    ...readRecorders(meter),
    ...loadRecorders(meter),
    ...changeRecorders(meter),
    ...freshnessRecorders(meter),
    ...stateRecorders(meter),
  };
}

/** The attributes of a metric or a span, under the names that all of this library's have. */
export function attributes(values: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`larder.cache.${name}`, value]));
}

function readRecorders(meter: Meter): Pick<Recorders, 'read' | 'coalesced' | 'corrupt' | 'promotion'> {
  const reads = counter(meter, 'reads', '{read}', 'Reads by how they were answered.');
  const coalesced = counter(meter, 'coalesced', '{read}', "Reads that shared another reader's load.");
  const corrupt = counter(meter, 'corrupt_entries', '{entry}', 'Stored values that did not fit their schema.');
  const promotions = counter(meter, 'promotions', '{entry}', "Values offered to the process's own tier.");
  return {
    read: ({ space, tier, outcome, count }) => {
      reads.add(count, attributes({ space, tier, outcome }));
    },
    coalesced: ({ space, count }) => {
      coalesced.add(count, attributes({ space }));
    },
    corrupt: ({ space }) => {
      corrupt.add(1, attributes({ space }));
    },
    promotion: ({ space, result }) => {
      promotions.add(1, attributes({ space, result }));
    },
  };
}

function loadRecorders(meter: Meter): Pick<Recorders, 'load' | 'refresh' | 'fill' | 'operation'> {
  const loads = seconds(meter, 'load.duration', 'Loads from the source.', LOAD_SECONDS);
  const operations = seconds(meter, 'operation.duration', 'Uses of the store.', OPERATION_SECONDS);
  const refreshes = counter(meter, 'refreshes', '{load}', 'Loads begun in the background for values that were served.');
  const fills = counter(meter, 'fills', '{entry}', 'Loaded values offered to the store.');
  return {
    load: (event) => {
      loads.record(event.durationMs / 1_000, attributes({ space: event.space, outcome: outcomeOf(event) }));
    },
    operation: (event) => {
      const { operation, durationMs } = event;
      operations.record(durationMs / 1_000, attributes({ operation, outcome: outcomeOf(event) }));
    },
    refresh: ({ space, reason }) => {
      refreshes.add(1, attributes({ space, reason }));
    },
    fill: ({ space, result }) => {
      fills.add(1, attributes({ space, result }));
    },
  };
}

function changeRecorders(meter: Meter): Pick<Recorders, 'invalidation' | 'retired'> {
  const invalidations = counter(meter, 'invalidations', '{invalidation}', 'Entries and tags invalidated.');
  const waiting = gauge(meter, 'pending_invalidations', 'Invalidations that wait for the store.');
  const retired = counter(meter, 'retired_spaces', '{space}', 'Spaces made unservable as a whole.');
  return {
    invalidation: ({ entries, tags, result, pending }) => {
      invalidations.add(entries, attributes({ kind: 'entry', result }));
      invalidations.add(tags, attributes({ kind: 'tag', result }));
      waiting.record(pending);
    },
    retired: ({ space, reason }) => {
      retired.add(1, attributes({ space, reason }));
    },
  };
}

function freshnessRecorders(meter: Meter): Pick<Recorders, 'uncertified' | 'chain' | 'settled'> {
  const uncertified = counter(
    meter,
    'uncertified_reads',
    '{read}',
    'Reads that were loaded for want of a certificate.',
  );
  const chain = counter(meter, 'chain_repairs', '{repair}', 'What a store lacked of a chain, by what was done.');
  const settled = counter(meter, 'settled_intents', '{intent}', 'Intents ended for writers that had not done so.');
  return {
    uncertified: ({ space, count }) => {
      uncertified.add(count, attributes({ space }));
    },
    chain: ({ service, what }) => {
      chain.add(1, attributes({ service, what }));
    },
    settled: ({ count }) => {
      settled.add(count);
    },
  };
}

function stateRecorders(meter: Meter): Pick<Recorders, 'l1' | 'circuit'> {
  const l1 = gauge(meter, 'l1.on', "Whether the process's own tier is in use, 1 or 0.");
  const circuit = gauge(meter, 'circuit.state', 'The breaker before the store: 0 closed, 1 half open, 2 open.');
  return {
    l1: ({ space, state }) => {
      l1.record(state === 'on' ? 1 : 0, attributes({ space }));
    },
    circuit: ({ state }) => {
      circuit.record(CIRCUIT_LEVELS[state]);
    },
  };
}

function counter(meter: Meter, name: string, unit: string, description: string): ReturnType<Meter['createCounter']> {
  return meter.createCounter(`larder.cache.${name}`, { unit, description });
}

function gauge(meter: Meter, name: string, description: string): ReturnType<Meter['createGauge']> {
  return meter.createGauge(`larder.cache.${name}`, { unit: '1', description });
}

function seconds(
  meter: Meter,
  name: string,
  description: string,
  boundaries: number[],
): ReturnType<Meter['createHistogram']> {
  const advice = { explicitBucketBoundaries: boundaries };
  return meter.createHistogram(`larder.cache.${name}`, { unit: 's', description, advice });
}
