import type { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, defineSpace, MemoryStore, RedisStore, tag, type Store } from '../src/index.js';
import { deferred } from '../src/testing/index.js';

const Row = z.object({ id: z.string(), version: z.number(), price: z.number() });
type Row = z.infer<typeof Row>;

const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 60_000 });
const lists = defineSpace({ service: 'shop', entity: 'list', value: z.array(z.string()), ttlMs: 60_000 });
const members = tag('shop', 'members', 'fruit');

const OLD: readonly Row[] = [{ id: 'fig', version: 1, price: 100 }];
const NEW: readonly Row[] = [
  { id: 'fig', version: 2, price: 200 },
  { id: 'date', version: 3, price: 300 },
];

let committed = OLD;
const pick = (ids: readonly string[]): Row[] => committed.filter(({ id }) => ids.includes(id));

type Kind = 'row' | 'list';

/** What a reader does between its query and its fill. */
type Pause = (kind: Kind) => Promise<void>;

const findRows = async (ids: readonly string[], pause: Pause): Promise<Map<string, Row>> => {
  const found = new Map(pick(ids).map((row) => [row.id, row]));
  await pause('row');
  return found;
};

/** Reads one row by its id. */
async function byId(cache: Cache, pause: Pause): Promise<Row[]> {
  return [...(await cache.space(rows).getOrSetMany(['fig'], (ids) => findRows(ids, pause))).values()];
}

/** Reads the list of ids, then its rows, as a page of products is read. */
async function byList(cache: Cache, pause: Pause): Promise<Row[]> {
  const findIds = async (): Promise<string[]> => {
    const found = committed.map(({ id }) => id);
    await pause('list');
    return found;
  };
  const ids = await cache.space(lists).getOrSet('fruit', findIds, { tags: [members] });
  return [...(await cache.space(rows).getOrSetMany(ids, (missing) => findRows(missing, pause))).values()];
}

/**
 * A reader queries, and is held up before it fills; a writer commits and invalidates; the reader fills.
 * Answers what the next reader, in a third process, sees.
 */
async function readAfterLateFill(store: Store, read: typeof byId, late: Kind): Promise<Row[]> {
  // A deadline for when the machine is busy: what is tested is what is stored, not how soon a store counts as failing.
  const open = (): Cache => new Cache({ store, operationTimeoutMs: 2_000 });
  const [reader, writer, next] = [open(), open(), open()];
  committed = OLD;
  const [hasRead, mayFill] = [deferred<null>(), deferred<null>()];
  const reading = read(reader, async (kind) => {
    if (kind !== late) return;
    hasRead.resolve(null);
    await mayFill.promise;
  });
  await hasRead.promise;
  committed = NEW;
  await writer.invalidate({ entries: NEW.flatMap(({ id, version }) => rows.entries(id, version)), tags: [members] });
  mayFill.resolve(null);
  await reading;
  return read(next, async () => undefined);
}

/** As `store`, but fills as a plain SET does: whatever the key holds, and whoever has the lease. */
function ignoringLeases(store: Store): Store {
  const fill: Store['fill'] = async (key, request) => {
    await store.invalidate([{ key }], [], 1);
    await store.lease(key, { token: request.token, leaseMs: 1_000, tombstoneMs: request.tombstoneMs, stamp: '' });
    return store.fill(key, request);
  };
  return Object.assign(Object.create(store) as Store, { fill });
}

/** As `store`, but every tag has the same value for ever. */
function ignoringTags(store: Store): Store {
  const look: Store['look'] = async (keys, tags) => ({ ...(await store.look(keys, [])), tags: tags.map(() => 'same') });
  return Object.assign(Object.create(store) as Store, { look });
}

let server: Server;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ ...server, commandTimeoutMs: 5_000 }, () => undefined);
  await redis.connect();
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(() => redis.flushall());

const stores: [string, () => Store][] = [
  ['memory', () => new MemoryStore()],
  ['Redis', () => new RedisStore(redis)],
];
const cases = [
  {
    what: 'a row, read by id',
    read: byId,
    late: 'row',
    now: [NEW[0]],
    broken: { by: 'leases', store: ignoringLeases, shows: [OLD[0]] },
  },
  {
    what: 'a row, read by list',
    read: byList,
    late: 'row',
    now: NEW,
    broken: { by: 'leases', store: ignoringLeases, shows: [OLD[0], NEW[1]] },
  },
  {
    what: 'a list',
    read: byList,
    late: 'list',
    now: NEW,
    broken: { by: 'tags', store: ignoringTags, shows: [NEW[0]] },
  },
] as const;

describe.each(stores)('after a write, in %s', (_, open) => {
  it.each(cases)('the late fill of $what is not seen', async ({ read, late, now }) => {
    expect(await readAfterLateFill(open(), read, late)).toEqual(now);
  });

  it.each(cases)('the late fill of $what would be seen without $broken.by', async ({ read, late, broken }) => {
    expect(await readAfterLateFill(broken.store(open()), read, late)).toEqual(broken.shows);
  });
});
