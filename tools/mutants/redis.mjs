/** Mistakes in how libs/cache/src/redis watches which server it talks to, which tests that change servers must notice. */
const SUCCESSIONS = '/successions.timed-spec';
const CLUSTER = 'cluster-successions.int-spec';
const CHAIN = 'cluster-chain.int-spec';

const redis = (name, mistake, [file, from, to], specs) => ({
  ...{ name, mistake, edits: [{ file, from, to }], specs },
  project: specs.endsWith('.timed-spec') ? 'timed' : 'integration',
});

export const redisMutants = [
  redis(
    'entries of a successor served before it has their invalidations',
    'a promoted replica is believed',
    ['redis-store.ts', `(doubted.has(key) ? ABSENT : found(values[at]))`, `found(values[at])`],
    SUCCESSIONS,
  ),
  redis(
    'tags of a successor believed before it has their retiring',
    'the keys are doubted and the tags are not',
    [
      'redis-store.ts',
      `(doubted.has(tag) ? undefined : (values[keys.length + at] ?? null))`,
      `values[keys.length + at] ?? null`,
    ],
    SUCCESSIONS,
  ),
  redis(
    'what was acknowledged is not doubted when a connection is lost',
    'every server that answers has everything',
    ['recent-invalidations.ts', `for (const [name, what] of this.remembered) this.doubtful.set(name, what);`, ``],
    SUCCESSIONS,
  ),
  redis(
    'an answer kept that was under way when another server took over',
    'a redirection is followed before anybody knows who is master',
    ['redis-store.ts', `if (term === null || recent.term() !== term) throw`, `if (term === -1) throw`],
    CLUSTER,
  ),
  redis(
    "a Cluster's master told by its address alone",
    'one that is restarted from its disk passes for the old one',
    ['successions.ts', `if (isAnother) this.tell();`, ``],
    CLUSTER,
  ),
  redis(
    'a subscription believed wherever it is',
    'beats reach a replica as well',
    ['redis-feed.ts', `if (own === run) this.vouch();`, `if (own !== null) this.vouch();`],
    'redis-feed.int-spec',
  ),
  redis(
    'a promoted master that nobody asks who it is',
    'its first restart passes unnoticed',
    ['successions.ts', `for (const node of nodes) if (!this.identities.has(addressOf(node))) this.identify(node);`, ``],
    CLUSTER,
  ),
  redis(
    'every unknown node taken for a new master',
    'while a slot moves to an empty node nothing is read from the store',
    [
      'successions.ts',
      `return unknown.length > 0 && cluster.slots.some(([owner]) => owner !== undefined && unknown.includes(owner));`,
      `return unknown.length > 0;`,
    ],
    CLUSTER,
  ),
  redis(
    'nodes asked who they are before they are connected',
    'the client takes a node that is being connected for one that it cannot use',
    [
      'successions.ts',
      `if (node.status === 'wait') node.once('connect', () => void this.ask(node));`,
      `if (node.status === 'end') return;`,
    ],
    'cache/test/cluster.int-spec',
  ),
  redis(
    'leases of a space whose retiring a successor has not got',
    'the keys are doubted and the generation that stands for them is not',
    ['redis-store.ts', `const names = [key, generationOf(key)];`, `const names = [key];`],
    SUCCESSIONS,
  ),
  redis(
    'of several intents the last one ended at a successor',
    'the newest invalidation of a key stands for all others, and they had transactions of their own',
    ['recent-invalidations.ts', `[...transactions, transaction]`, `[transaction]`],
    SUCCESSIONS,
  ),
  redis(
    'names of a bucket apart',
    'a number and what is applied with it are on two nodes',
    ['buckets.ts', `return \`\${name}{\${bucket}}\`;`, `return \`\${name}{\${bucket + (hashOf(name) % 2) * 100}}\`;`],
    CHAIN,
  ),
  redis(
    'as certified as the bucket that is furthest ahead',
    'a node that went back in time is vouched for by another',
    ['redis-values.ts', `Math.min(...certificates`, `Math.max(...certificates`],
    CHAIN,
  ),
  redis(
    'a certificate of one bucket for all',
    'the same, where one bucket is asked',
    ['redis-values.ts', `buckets.ofAll(names)`, `buckets.ofAll(names.slice(0, 1))`],
    CHAIN,
  ),
  redis(
    'a missing certificate counts for nothing',
    'a bucket that was begun anew is vouched for by another',
    ['redis-values.ts', `certificates.includes(null) ? null : `, ``],
    CHAIN,
  ),
  redis(
    'the answer of the bucket that is furthest ahead',
    'what one node lacks is never brought up',
    ['redis-chain.ts', `standing(each) < standing(worst)`, `standing(each) > standing(worst)`],
    CHAIN,
  ),
  redis(
    'a bucket begun anew while a tag is not retired',
    'its next batch certifies what it lacks',
    ['redis-chain.ts', `if (buckets.all.length > 1)`, `if (buckets.all.length > 99)`],
    CHAIN,
  ),
];
