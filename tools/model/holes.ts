import type { Variant } from './variants.js';

/** What the levels do not promise: the protocol as it is, under a fault that a level excludes. Shown, so that nobody thinks otherwise. */
export const holes: readonly Variant[] = [
  {
    name: 'acknowledged, failover',
    mistake: 'the replica that is promoted lacks an acknowledged invalidation; a certificate would tell',
    configuration: 'writers',
    also: { hasReplica: true },
  },
  {
    name: 'strict, empty restart',
    mistake: 'the server restarts empty between an intent and its COMMIT',
    configuration: 'intents',
    also: { emptyRestarts: 'at any time' },
  },
  {
    name: 'strict, failover',
    mistake: 'the replica that is promoted lacks an intent',
    configuration: 'intents',
    also: { hasReplica: true },
  },
  {
    name: 'a LEASE executed again',
    mistake: 'a LEASE arrives once more after its answer was read, and the key has been evicted meanwhile',
    configuration: 'writers',
    also: { leasesAgain: true },
  },
];
