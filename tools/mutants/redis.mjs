/** Mistakes in how libs/cache/src/redis watches which server it talks to, which tests that change servers must notice. */
const SUCCESSIONS = '/successions.timed-spec';
const CLUSTER = 'cluster-successions.timed-spec';

const redis = (name, mistake, [file, from, to], specs) => ({ name, mistake, edits: [{ file, from, to }], specs });

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
    'redis-feed.timed-spec',
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
    'cache/test/cluster.timed-spec',
  ),
  redis(
    'leases of a space whose retiring a successor has not got',
    'the keys are doubted and the generation that stands for them is not',
    ['redis-store.ts', `const names = [key, generationOf(key)];`, `const names = [key];`],
    SUCCESSIONS,
  ),
];
