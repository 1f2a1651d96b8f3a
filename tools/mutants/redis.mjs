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
    ['redis-store.ts', `if (recent.losses !== losses) throw`, `if (losses < 0) throw`],
    CLUSTER,
  ),
  redis(
    "a Cluster's master told by its address alone",
    'one that is restarted from its disk passes for the old one',
    ['successions.ts', `if (before !== undefined && before !== now) this.tell();`, ``],
    CLUSTER,
  ),
  redis(
    'a subscription believed wherever it is',
    'beats reach a replica as well',
    ['redis-feed.ts', `if (own !== run) {`, `if (own === '') {`],
    'redis-feed.timed-spec',
  ),
];
