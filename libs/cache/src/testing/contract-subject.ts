import type { Store } from '../core/store.js';

/** The parts of a test framework that the contract needs; jest's and vitest's globals fit. */
export interface ContractFramework {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly equal: (actual: unknown, expected: unknown) => void;
}

/**
 * A store under test. Each call of `key` gives a key that no other test uses, always of one service, `pass` lets `ms` go by. Chains are
 * tested with services of their own, whose names begin with that of the keys and a dash.
 */
export interface ContractSubject {
  readonly store: Store;
  readonly key: () => string;
  readonly pass: (ms: number) => Promise<void>;
}
