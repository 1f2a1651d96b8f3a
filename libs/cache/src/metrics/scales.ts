import type { CircuitState } from '../core/events.js';

/** The states of the breaker as a metric shows them: the higher, the worse. */
export const CIRCUIT_LEVELS: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** Bounds of a histogram of uses of the store, in seconds. */
export const OPERATION_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1];

/** Bounds of a histogram of loads, in seconds. */
export const LOAD_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How a load or a use of the store ended. */
export function outcomeOf({ failed }: { readonly failed: boolean }): 'ok' | 'failed' {
  return failed ? 'failed' : 'ok';
}
