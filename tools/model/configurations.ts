import type { Bounds } from './model.js';
import type { PromiseName } from './promises.js';

/** The levels of freshness that are explored. */
export const LEVELS = ['eventual', 'acknowledged', 'strict', 'bounded'] as const;
export type Level = (typeof LEVELS)[number];

/** Who takes part, what may go wrong, and what must hold all the same. */
export interface Configuration {
  readonly name: string;
  readonly level: Level;
  readonly promise: PromiseName;
  /** What is taken for granted, for people to read. */
  readonly assumes: string;
  /** `with absences`: every second version is a deletion, and what is cached of it has no version of its own. */
  readonly rows: 'versioned' | 'unversioned' | 'with absences';
  /** `past the cache`: they only commit, as by psql. */
  readonly writers: 'acknowledging' | 'strict' | 'past the cache';
  readonly clears: 'key' | 'tag';
  readonly puts: boolean;
  /** Whether values are loaded anew while they are served. */
  readonly refreshes: boolean;
  /** Whether reads of a process share loads. */
  readonly joins: boolean;
  /** Whether readers give up: they die in any case. */
  readonly givesUp: boolean;
  /** Whether a LEASE may be executed once more after its answer was read. */
  readonly leasesAgain: boolean;
  readonly hasChain: boolean;
  readonly hasReplica: boolean;
  readonly hasTier: boolean;
  readonly emptyRestarts: 'at any time' | 'but between intent and COMMIT' | 'never';
  readonly small: Bounds;
  readonly full: Bounds;
}

const PLAIN = {
  rows: 'versioned',
  writers: 'acknowledging',
  clears: 'key',
  puts: false,
  refreshes: false,
  joins: false,
  givesUp: true,
  leasesAgain: false,
  hasChain: false,
  hasReplica: false,
  hasTier: false,
  emptyRestarts: 'at any time',
} as const;

const CHAIN = { ...PLAIN, writers: 'past the cache', givesUp: false, hasChain: true, hasReplica: true } as const;

/** In the order of the report. */
export const configurations = {
  events: {
    ...PLAIN,
    name: 'events',
    level: 'eventual',
    promise: 'delivered',
    refreshes: true,
    assumes: 'every event is delivered at least once; no failover',
    small: { commits: 1, fillers: 2 },
    full: { commits: 4, fillers: 3 },
  },
  chain: {
    ...CHAIN,
    name: 'chain',
    level: 'eventual',
    promise: 'caught up',
    assumes: 'the log is replayed or the chain begins anew; a failed master is not read any more',
    small: { commits: 1, fillers: 1 },
    full: { commits: 2, fillers: 1 },
  },
  writers: {
    ...PLAIN,
    name: 'writers',
    level: 'acknowledged',
    promise: 'acknowledged',
    puts: true,
    refreshes: true,
    assumes: 'no failover; a LEASE whose answer was read is not executed again',
    small: { commits: 2, fillers: 2 },
    full: { commits: 4, fillers: 3 },
  },
  unversioned: {
    ...PLAIN,
    name: 'unversioned',
    level: 'acknowledged',
    promise: 'acknowledged',
    rows: 'unversioned',
    refreshes: true,
    assumes: 'as writers',
    small: { commits: 2, fillers: 2 },
    full: { commits: 4, fillers: 3 },
  },
  absences: {
    ...PLAIN,
    name: 'absences',
    level: 'acknowledged',
    promise: 'acknowledged',
    rows: 'with absences',
    refreshes: true,
    assumes: 'as writers',
    small: { commits: 2, fillers: 2 },
    full: { commits: 4, fillers: 2 },
  },
  joined: {
    ...PLAIN,
    name: 'joined',
    level: 'acknowledged',
    promise: 'acknowledged',
    joins: true,
    assumes: 'as writers',
    small: { commits: 1, fillers: 2 },
    full: { commits: 3, fillers: 3 },
  },
  tags: {
    ...PLAIN,
    name: 'tags',
    level: 'acknowledged',
    promise: 'acknowledged',
    rows: 'unversioned',
    clears: 'tag',
    assumes: 'as writers; no two values of a tag are the same',
    small: { commits: 1, fillers: 2 },
    full: { commits: 3, fillers: 3 },
  },
  intents: {
    ...PLAIN,
    name: 'intents',
    level: 'strict',
    promise: 'committed',
    writers: 'strict',
    refreshes: true,
    emptyRestarts: 'but between intent and COMMIT',
    assumes: 'no failover, nor an empty restart between intent and COMMIT; every writer places intents',
    small: { commits: 2, fillers: 1 },
    full: { commits: 4, fillers: 2 },
  },
  certificate: {
    ...CHAIN,
    name: 'certificate',
    level: 'bounded',
    promise: 'certified',
    assumes: 'a failed master is not read any more',
    small: { commits: 1, fillers: 1 },
    full: { commits: 2, fillers: 2 },
  },
  'certified lists': {
    ...CHAIN,
    name: 'certified lists',
    level: 'bounded',
    promise: 'certified',
    rows: 'unversioned',
    clears: 'tag',
    assumes: 'as certificate',
    small: { commits: 1, fillers: 1 },
    full: { commits: 2, fillers: 2 },
  },
  L1: {
    ...CHAIN,
    name: 'L1',
    level: 'bounded',
    promise: 'certified in the process',
    hasReplica: false,
    hasTier: true,
    assumes: 'the feed is in order, and is lost with its server; the rule of l1.ts, not its code',
    small: { commits: 1, fillers: 1 },
    full: { commits: 2, fillers: 1 },
  },
} as const satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof configurations;
