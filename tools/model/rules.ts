import type { Node } from './state.js';

/** What the code around the steps does. A variant puts a bad rule in the place of one. */
export interface Rules {
  /** What a filler leases and fills with. */
  readonly token: (filler: number) => string;
  readonly loads: 'what is committed' | 'from a lagging replica' | 'in a transaction that was open before';
  readonly stamps: 'before the load' | 'after the load';
  readonly shares: 'until the load begins' | 'until the load ends';
  /** Whether a read that needs a certificate takes the value that LEASE found, under the certificate that it saw when it looked. */
  readonly takesWhatLeaseFinds: boolean;
  /** How often a write's invalidation is applied before the write is acknowledged. */
  readonly clears: 'once' | 'twice';
  /** The value of a tag that was missing; `used`: all that some entry or filler has as its stamp. */
  readonly createTag: (used: ReadonlySet<number>) => number;
  /** What a tag becomes when it is retired. */
  readonly retireTag: (tag: number | null) => number | null;
  /** Lets the chain begin anew, at a number whose changes are all committed. */
  readonly restartChain: (node: Node, at: number) => Node;
  /** Whether a value goes into the process's own tier, of which something was heard since its read began or not. */
  readonly promotes: (isCurrent: boolean) => boolean;
}

const TOKENS = ['a', 'b', 'c', 'd'];

/** What production does. */
export const rules: Rules = {
  token: (filler) => TOKENS[filler] as string,
  loads: 'what is committed',
  stamps: 'before the load',
  shares: 'until the load begins',
  takesWhatLeaseFinds: false,
  clears: 'once',
  createTag: (used) => [1, 2, 3, 4, 5, 6, 7, 8, 9].find((value) => !used.has(value)) as number,
  retireTag: () => null,
  restartChain: (node, at) => ({ ...node, tag: null, at, certificate: null }),
  promotes: (isCurrent) => isCurrent,
};
