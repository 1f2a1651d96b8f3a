import type { FaultName } from './faults.js';
import type { Level, Promised } from './levels.js';

/** A cache that is put under the faults. */
export interface RowPlan {
  /** What `--rows` knows it by. */
  readonly name: string;
  /** What the table calls it. */
  readonly label: string;
  /** What it does, in a sentence for people. */
  readonly what: string;
  /** `practice`: how caches are usually written; `library`: another library; `own`: this project; `adapter`: the user's. */
  readonly kind: 'practice' | 'library' | 'own' | 'adapter';
  readonly promised: Promised;
  /** The module that connects it, from the root of the repository; an absolute path for an adapter. */
  readonly module: string;
  /** Given to the module as it is. */
  readonly variant?: string;
  /** The rows of the database that it caches. */
  readonly table: 'products' | 'stock';
  /** Whether some changes are made by SQL that its writers do not see. */
  readonly pastTheCache: boolean;
  /** Faults that are kept from it, because what it promises excludes them by name. */
  readonly spared: readonly FaultName[];
}

/** `acknowledged` and `strict` say of themselves that a promoted replica breaks them until the gap in its chain is found. */
const FAILOVER: readonly FaultName[] = ['promotion'];

const NOTHING: Promised = { level: null, sessions: false };

const practice = (name: string, label: string, what: string): RowPlan => ({
  ...{ name, label, what, kind: 'practice', promised: NOTHING, table: 'products', pastTheCache: false, spared: [] },
  module: `dist/tools/lab/contestants/${name}.js`,
});

const library = (name: string, what: string): RowPlan => ({
  ...{
    name,
    label: name,
    what,
    kind: 'library',
    promised: NOTHING,
    table: 'products',
    pastTheCache: false,
    spared: [],
  },
  module: `bench/freshness/${name}.mjs`,
});

const own = (variant: string, promised: Promised, what: string): RowPlan => ({
  ...{ name: `larder-${variant}`, label: `larder, ${variant}`, what, kind: 'own', promised, variant },
  module: 'dist/tools/lab/contestants/larder.js',
  table: promised.level === 'strict' ? 'stock' : 'products',
  pastTheCache: promised.level === 'bounded' || promised.level === 'eventual',
  spared: promised.level === 'strict' || promised.level === 'acknowledged' ? FAILOVER : [],
});

const at = (level: Level, sessions = false): Promised => ({ level, sessions });

/** Every row of the laboratory, in the order of the tables. */
export const ROWS: readonly RowPlan[] = [
  practice('ttl-only', 'TTL only', 'read, or load and store for one second; a write leaves the cache alone'),
  practice('del', 'DEL on write', 'read, or load and store; a write commits, then deletes the key'),
  practice('double-del', 'delayed double delete', 'as DEL on write, and deletes the key once more half a second later'),
  library('bentocache', 'getOrSet; a write commits, then calls delete'),
  library('cache-manager', 'wrap; a write commits, then calls del'),
  library('cacheable', 'getOrSet; a write commits, then calls delete'),
  library('async-cache-dedupe', 'a defined function; a write commits, then calls clear'),
  own(
    'strict',
    at('strict'),
    'an intent before COMMIT, an invalidation after it; no promotion, which its promise excludes',
  ),
  own(
    'acknowledged',
    at('acknowledged'),
    'a write commits, then waits for its invalidation; no promotion, which its promise excludes',
  ),
  own('bounded', at('bounded'), 'hits only while a certificate of at most 500 ms stands; a tier in the process'),
  own('eventual', at('eventual'), 'invalidated by events alone; a tier in the process'),
  own('session', at('eventual', true), 'as eventual, and readers send back the token of what they have seen'),
];

/** The row of an adapter of the user's own. */
export function adapterRow(module: string, label: string, promised: Promised): RowPlan {
  const [what, table] = ['an adapter of your own', 'products'] as const;
  return { name: 'adapter', label, what, kind: 'adapter', promised, module, table, pastTheCache: false, spared: [] };
}
