import type { Configuration } from './configuration.js';
import type { ConfigurationName } from './configurations.js';
import type { Rules } from './rules.js';
import type { Entry, FillAnswer, Step, Steps } from './protocol.js';
import { steps } from './protocol.js';

/** The protocol with one step or rule replaced by one that tempts and fails. */
export interface Variant {
  readonly name: string;
  readonly mistake: string;
  /** What is explored with it, which must come to a violation. */
  readonly configuration: ConfigurationName;
  readonly steps?: Partial<Steps>;
  readonly rules?: Partial<Rules>;
  /** Other faults than the configuration has. */
  readonly also?: Partial<Pick<Configuration, 'emptyRestarts' | 'hasReplica' | 'leasesAgain'>>;
}

type FillRequest = Parameters<Steps['fill']>[1];

/** Whatever is cached is deleted, and nobody remembers. */
const del: Steps['invalidate'] = () => ({ write: null, answer: undefined });

/** SET, without asking for a lease. */
function set({ version, mark, payload, ttlMs }: FillRequest): Step<FillAnswer> {
  return { write: { entry: { state: 'value', version, mark, payload, lease: null }, ttlMs }, answer: 'stored' };
}

function versionOf(entry: Entry | null): number {
  if (entry === null) return 0;
  return entry.state === 'value' ? entry.version : entry.floor;
}

const intendForAWhile: Steps['intend'] = (entry, transaction) => {
  const { write, answer } = steps.intend(entry, transaction);
  return write ? { write: { entry: write.entry, ttlMs: 2_000 }, answer } : { answer };
};

/** What tempts and fails: every one must be caught, or the model is blind to it. */
export const variants: readonly Variant[] = [
  {
    name: 'cache-aside',
    mistake: 'DEL on a write, SET on a miss, as usually written',
    configuration: 'writers',
    steps: { invalidate: del, put: delInPlaceOfPut, fill: (_, request) => set(request) },
  },
  {
    name: 'double-delete',
    mistake: 'DEL on a write and once more a while later, SET on a miss',
    configuration: 'writers',
    steps: { invalidate: del, put: delInPlaceOfPut, fill: (_, request) => set(request) },
    rules: { clears: 'twice' },
  },
  {
    name: 'newer-than-cached',
    mistake: 'SET only what is newer than what is cached, where DEL has forgotten the version',
    configuration: 'writers',
    steps: {
      invalidate: del,
      put: delInPlaceOfPut,
      fill: (entry, request) => (request.version >= versionOf(entry) ? set(request) : { answer: 'refused' }),
    },
  },
  {
    name: 'tombstone-alone',
    mistake: 'a tombstone with the version and no lease; its TTL is shorter than the slowest fill',
    configuration: 'writers',
    steps: { fill: (entry, request) => (request.version >= versionOf(entry) ? set(request) : { answer: 'outdated' }) },
  },
  {
    name: 'token-per-process',
    mistake: 'one lease token for all fills of a process',
    configuration: 'unversioned',
    rules: { token: () => 'process' },
  },
  {
    name: 'load-from-replica',
    mistake: 'fills are loaded from a replica of the database, which lags',
    configuration: 'writers',
    rules: { loads: 'from a lagging replica' },
  },
  {
    name: 'failover-without-certificate',
    mistake: 'lease and version alone, and the cache fails over to a replica that lags',
    configuration: 'writers',
    also: { hasReplica: true },
  },
  {
    name: 'intent-with-ttl',
    mistake: 'an intent that expires, or can be evicted',
    configuration: 'intents',
    steps: {
      intend: intendForAWhile,
    },
  },
  {
    name: 'certificate-without-chain',
    mistake: 'a certificate is written without asking whether the batch is the next',
    configuration: 'certificate',
    steps: { link: () => ({ kind: 'applied' }) },
  },
  {
    name: 'number-re-created',
    mistake: 'the number of the chain is created anew when it is absent, without retiring what is cached',
    configuration: 'certificate',
    rules: { restartChain: (node, at) => (node.at === null ? { ...node, at } : node) },
  },
  {
    name: 'lease-certified-by-look',
    mistake: 'the value that LEASE finds is served under the certificate of the look before it',
    configuration: 'certificate',
    rules: { takesWhatLeaseFinds: true },
  },
  {
    name: 'promotion-without-epoch',
    mistake: 'what was read from Redis goes into the process whatever was heard meanwhile',
    configuration: 'L1',
    rules: { promotes: () => true },
  },
  {
    name: 'tag-after-load',
    mistake: 'an entry is stamped with the tag as it is after its load',
    configuration: 'tags',
    rules: { stamps: 'after the load' },
  },
  {
    name: 'tag-by-clock',
    mistake: 'a tag is the time of its invalidation, by a clock that is behind: no later than what is stamped',
    configuration: 'tags',
    rules: { retireTag: (tag) => tag },
  },
  {
    name: 'tag-that-counts',
    mistake: 'a tag is a counter, which starts again after an eviction',
    configuration: 'tags',
    rules: { createTag: () => 1, retireTag: (tag) => Math.min((tag ?? 0) + 1, 9) },
  },
  {
    name: 'load-in-open-transaction',
    mistake: 'a fill is loaded within a REPEATABLE READ transaction that was open before',
    configuration: 'writers',
    rules: { loads: 'in a transaction that was open before' },
  },
  {
    name: 'late-joiner',
    mistake: 'whoever comes while a load runs shares it',
    configuration: 'joined',
    rules: { shares: 'until the load ends' },
  },
];

function delInPlaceOfPut(): Step<FillAnswer> {
  return { write: null, answer: 'refused' };
}
