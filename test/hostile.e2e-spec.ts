import { randomUUID } from 'node:crypto';
import { productSpace } from '@larder/contracts';
import { sendRaw } from '../apps/gateway/test/ask.js';
import { shout } from '../libs/platform/test/wire.js';
import { query, until } from '../tools/services/index.js';
import { APPS } from '../tools/start/apps.js';
import {
  expectGuesses,
  expectKnownAddressIsKept,
  expectReplayIsTheft,
  expectSecretIsDead,
  registerAtOnce,
  spray,
} from './hostile/accounts.js';
import { get, LINE, PRODUCT, SECOND, type Attack, type Row } from './hostile/attack.js';
import { AUTHORISATION } from './hostile/authorisation.js';
import { BODIES } from './hostile/bodies.js';
import { drip, openIdle, SLOW } from './hostile/connections.js';
import { COOKIES } from './hostile/cookies.js';
import { CURSORS, NAMES, PAGES, SEARCHES } from './hostile/cursors-and-searches.js';
import { EVENTS, Publisher } from './hostile/events.js';
import { expectRefusal } from './hostile/expect-refusal.js';
import { footprintOf, keysOf, redisBytes, strayKeys, type Footprint } from './hostile/footprint.js';
import { ECHOES, HEADERS } from './hostile/headers.js';
import { heapsOf } from './hostile/heap.js';
import { CROSS_SITE, HOSTS } from './hostile/hosts-and-origins.js';
import { COLLISIONS } from './hostile/key-collisions.js';
import { PATHS, QUERIES } from './hostile/paths-and-queries.js';
import { QUANTITIES } from './hostile/quantities.js';
import { RAW_HTTP } from './hostile/raw-http.js';
import { fateOf, shoutsAt, type Service } from './hostile/raw-tcp.js';
import { setScene, type Scene } from './hostile/scene.js';
import { REQUIRED, secretsOf, SHORT, startInVain } from './hostile/secrets.js';
import { POISONS, SESSION_POISONS, sessionKeyOf } from './hostile/store-poisoning.js';
import { Client } from './support/http.js';
import { figures } from './support/figures.js';
import { metric } from './support/metrics.js';
import { quiet } from './support/quiet.js';
import { fillShelf, type Shelf } from './support/shelf.js';

const MIB = 1_048_576;
const ROUNDS = 3;

let scene: Scene;
let shelf: Shelf;
let before: Footprint;
let slow: readonly Promise<string>[];

beforeAll(async () => {
  scene = await setScene();
  shelf = await fillShelf(scene.system.databaseUrl, 'Arsenic', POISONS.length + 1);
  await quiet(scene.system);
  before = await footprintOf(scene);
  const { port: gateway, system } = scene;
  const ports = { gateway, auth: system.authPort, catalog: system.catalogPort };
  slow = SLOW.map(([, to, beginning, more]) => drip(ports[to], beginning, more)); // they go on while everything else does
}, 120_000);
afterAll(() => scene.stop());

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  'a body with': BODIES,
  'a quantity:': QUANTITIES,
  'a path:': PATHS,
  'a query:': QUERIES,
  'header fields:': HEADERS,
  'a host:': HOSTS,
  'a change from elsewhere:': CROSS_SITE,
  'a cookie:': COOKIES,
  'without leave:': AUTHORISATION,
  'a list:': CURSORS,
};

/** Sends all, some at a time. */
async function sendAll(attacks: readonly Attack[]): Promise<void> {
  const left = [...attacks];
  const sender = async (): Promise<void> => {
    for (let attack = left.pop(); attack !== undefined; attack = left.pop()) await scene.ask(attack);
  };
  await Promise.all(Array.from({ length: 8 }, sender));
}

describe('30,000 ids that nothing has', () => {
  it('are answered, and Redis remembers each for a minute at most', async () => {
    const { redis } = scene;
    const known = new Set(await keysOf(redis));
    const hundred = (): string => Array.from({ length: 100 }, () => randomUUID()).join();
    await sendAll(Array.from({ length: 300 }, () => get(`/v1/products?ids=${hundred()}`)));
    const made = (await keysOf(redis)).filter((key) => !known.has(key));
    expect(made.length).toBeGreaterThan(15_000); // as they came while the cache was in use
    expect(made.length).toBeLessThanOrEqual(30_000);
    for (let from = 0; from < made.length; from += 1_000) {
      const some = redis.pipeline();
      for (const key of made.slice(from, from + 1_000)) some.pttl(key);
      const ttls = ((await some.exec()) ?? []).map(([, ttlMs]) => Number(ttlMs));
      expect(Math.max(...ttls)).toBeLessThanOrEqual(60_000);
      expect(ttls).not.toContain(-1);
      await redis.unlink(...made.slice(from, from + 1_000)); // they would go by themselves; nobody waits for it here
    }
    const answer = await scene.ask(get(`/v1/products?ids=${hundred()}`));
    expect(`${answer.status} ${answer.text}`).toBe('200 {"items":[],"nextCursor":null}');
  }, 90_000);
});

describe.each(Object.entries(TABLES))('%s', (_, table) => {
  it.each(table.map((row) => [row[0], row] as const))('%s', async (_name, [, attack, status, problem, named]) => {
    expectRefusal(await scene.ask(attack), status, problem, named);
  });
});

describe('bytes:', () => {
  it.each(RAW_HTTP)('%s', async (_, bytes, status, problem) => {
    const reply = await sendRaw(scene.port, bytes);
    expect(reply.text.match(/HTTP\/1\.1 \d/g)).toBeNull(); // one answer, and nothing that was smuggled behind it
    expectRefusal(reply, status, problem);
  });
});

describe('what comes back of', () => {
  it.each(ECHOES)('%s', async (_, attack) => {
    const { headers, text } = await scene.ask(attack);
    expect(headers).not.toHaveProperty('set-cookie');
    expect(JSON.stringify(headers)).not.toContain('evil');
    expect(text).not.toContain('evil');
  });
});

describe('a search for', () => {
  it.each(SEARCHES)('%s', async (q, found) => {
    const reply = await scene.ask(get(`/v1/search?q=${encodeURIComponent(q)}`));
    expect(reply.status).toBe(200);
    const { items } = JSON.parse(reply.text) as { items: { name: string }[] };
    expect(items.map(({ name }) => name).sort()).toEqual(found.map((name) => NAMES[name]).sort());
  });
});

describe('a cursor', () => {
  it('with any one of its characters changed is refused, or a place in the same list', async () => {
    const { nextCursor } = JSON.parse((await scene.ask(get(PAGES.list))).text) as { nextCursor: string };
    const outcomes = new Set<number>();
    for (let at = 0; at < nextCursor.length; at += 1) {
      const changed = nextCursor.slice(0, at) + (nextCursor[at] === 'A' ? 'B' : 'A') + nextCursor.slice(at + 1);
      const reply = await scene.ask(get(`${PAGES.list}&cursor=${changed}`));
      outcomes.add(reply.status);
      if (reply.status !== 200) expectRefusal(reply, 400, 'invalid-cursor');
    }
    expect(outcomes).toContain(400);
  });
});

describe('no key stands for both', () => {
  it.each(COLLISIONS)('%s', (_, [one, other]) => {
    expect(one).not.toBe(other);
  });
});

describe.each(['auth', 'catalog'] as Service[])('bytes for the port of %s:', (service) => {
  it.each(shoutsAt(service))('%s', async (_, bytes, fate) => {
    const { authPort, catalogPort } = scene.system;
    const { said, ended } = await shout(
      { auth: authPort, catalog: catalogPort }[service],
      bytes,
      fate === 'waits' ? 100 : 2_000,
    );
    expect({ fate: fateOf(said, ended), said }).toMatchObject({ fate });
    expect(said).not.toMatch(/\bat \S+:\d+|SELECT|redis|postgres/i);
  });
});

describe('published:', () => {
  let publisher: Publisher;
  let price = 1_000;
  beforeAll(async () => (publisher = await Publisher.open(scene.system.rabbitUrl)));
  afterAll(async () => {
    await showsPrice(200); // as it was
    await publisher.close();
  });

  const letters = (): Promise<number> => metric(scene.system.operations.invalidator, 'larder_dead_lettered_total');
  const dropped = (): Promise<number> =>
    metric(scene.system.operations.invalidator, 'larder_audit_events_total', 'malformed');

  /** Changes the price past the catalog, and waits until it is shown: changes are heard of. */
  async function showsPrice(wanted: number): Promise<void> {
    await query(scene.system.databaseUrl, `UPDATE products SET price_minor = ${wanted} WHERE id = '${SECOND}'`);
    await until('the new price is shown', 10_000, async () => {
      expect(JSON.parse((await scene.ask(get(`/v1/products/${SECOND}`))).text)).toMatchObject({ priceMinor: wanted });
    });
  }

  it.each(EVENTS)('%s', async (_, message, fate) => {
    const [lettersBefore, droppedBefore] = [await letters(), await dropped()];
    expect(await publisher.publish(message)).toBe(fate !== 'unheard');
    await until(`it is a ${fate}`, 10_000, async () => {
      expect(await letters()).toBe(lettersBefore + (fate === 'dead letter' ? 1 : 0));
      expect(await dropped()).toBe(droppedBefore + (fate === 'dropped sample' ? 1 : 0));
    });
    await showsPrice((price += 1));
  });

  it('true batches again, and in the wrong order', async () => {
    for (let change = 0; change < 3; change += 1) await showsPrice((price += 1));
    await until('they were heard', 5_000, () => publisher.batches.length >= 3);
    for (const batch of [...publisher.batches].reverse()) await publisher.publish(batch);
    await showsPrice((price += 1));
  });
});

describe('at the key of a product:', () => {
  it.each(POISONS.map((poison, at) => [poison[0], poison, at] as const))('%s', async (_, [, put, outcome], at) => {
    const { redis } = scene;
    const [model = '', id = ''] = [shelf.productIds.at(-1), shelf.productIds[at]];
    const key = productSpace.key(id);
    await scene.ask(get(`/v1/products/${model}`));
    const genuine = await until('it is cached', 5_000, async () => (await redis.get(productSpace.key(model))) ?? false);
    const [row] = await query(scene.system.databaseUrl, `SELECT version FROM products WHERE id = '${id}'`);
    const version = String(row?.['version']);
    const ofThis = genuine.replaceAll(model, id).replace(/^V\d+/, `V${version}`);
    await redis.del(key);
    await put(redis, key, ofThis.replace(/"version":\d+/, `"version":${version}`));

    const reply = await scene.ask(get(`/v1/products/${id}`));
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ id, priceMinor: 101 + at });
    expect(reply.headers['cache-status']).toMatch(/fwd=miss/);
    if (outcome === 'avoided') expect(await redis.pttl(key)).toBeGreaterThan(0);
    else
      await until('the poison is replaced', 5_000, async () => {
        expect(await redis.get(key)).toMatch(new RegExp(`^V${version}.*"${id}".*"priceMinor":${101 + at}\\b`));
      });
  });

  it('garbage at every key of lists and of the tree', async () => {
    const paths = [PAGES.list, PAGES.search, '/v1/categories'];
    const right = await Promise.all(
      paths.map(async (path) => JSON.parse((await scene.ask(get(path))).text) as unknown),
    );
    for (const match of ['list:*', 'search:*', 'tree:*']) {
      for (const key of await keysOf(scene.redis, `catalog_service:${match}`))
        await scene.redis.set(key, '{"ids":[]}', 'KEEPTTL');
    }
    for (const [at, path] of paths.entries()) {
      const reply = await scene.ask(get(path));
      expect(reply.headers['cache-status']).toMatch(/larder-\w+; fwd=miss/);
      expect(JSON.parse(reply.text)).toEqual(right[at]);
    }
  });
});

describe('in the hash of a session:', () => {
  it.each(SESSION_POISONS)('%s', async (_, fields) => {
    const client = new Client(scene.system.url);
    await client.post('/v1/cart/items', LINE);
    const key = sessionKeyOf(client.secret);
    await scene.redis.hset(key, fields);
    expect((await client.ask('POST', '/v1/categories', { body: { name: 'Mine' } })).status).toBe(401);
    expect((await client.get('/v1/me')).status).toBe(401);
    const cart = await client.get('/v1/cart');
    expect(cart.status).toBe(200);
    expect((cart.body as { items: unknown[] }).items.length).toBeLessThanOrEqual(1);
    expect((await client.post('/v1/cart/items', LINE)).status).toBe(200);
    await scene.redis.del(key, sessionKeyOf(client.secret));
  });
});

describe('without its secrets', () => {
  const env = { PATH: process.env['PATH'], DATABASE_URL: 'postgresql://u:db-pass@127.0.0.1:1/x', LOG_LEVEL: 'silent' };

  it.each(REQUIRED)('%s does not start', async (app, variables) => {
    const { code, said } = await startInVain(app, env);
    expect(code).toBe(78);
    for (const variable of variables) expect(said).toContain(`${variable}: is missing`);
    expect(said).not.toContain('db-pass');
  });

  it.each(REQUIRED)('%s does not start with short ones', async (app, variables) => {
    const short = Object.fromEntries(variables.map((variable) => [variable, SHORT]));
    const { code, said } = await startInVain(app, { ...env, ...short });
    expect(code).toBe(78);
    for (const variable of variables) expect(said).toContain(`${variable}: must have at least 32 bytes`);
    expect(said).not.toContain(SHORT.slice(0, 9));
  });
});

describe('300 idle connections', () => {
  it('keep nobody from being served', async () => {
    const idle = await openIdle(scene.port, 300);
    expect((await scene.ask(get(`/v1/products/${PRODUCT}`))).status).toBe(200);
    expect(idle.filter(({ closed }) => closed)).toEqual([]);
    for (const socket of idle) socket.destroy();
  });
});

describe('an account', () => {
  it('is made once by sixteen registrations at the same time', () => registerAtOnce(scene, 16));

  it('keeps its password when somebody registers its address again', () => expectKnownAddressIsKept(scene));

  it('does not come back by the cookie of a session that has signed out', () => expectSecretIsDead(scene));

  it('is signed out everywhere in a session whose replaced secret comes back late', () => expectReplayIsTheft(scene));

  it('takes ten wrong passwords of one address, of forty at the same time', () => expectGuesses(scene, 40));

  it(
    'is not told from an address without one, and an address that tries many is stopped',
    () => spray(scene, 120),
    60_000,
  );
});

describe('what takes for ever to arrive', () => {
  it.each(SLOW.map(([name, to], at) => [name, to, at] as const))('%s', async (_, to, at) => {
    const said = await slow[at];
    if (to !== 'gateway') expect(said).toBe('');
    else expect(said).toMatch(/^HTTP\/1\.1 408 .*\{"type":"\/docs#request-timeout"/s);
  });
});

describe('after all that', () => {
  it('no process has started again, and no row and no key of a person is there that was not', async () => {
    expect(await footprintOf(scene)).toEqual(before);
  });

  it('every key that is left is known, and ends in time', async () => {
    expect(await strayKeys(scene.redis)).toEqual([]);
  });

  it('the same again takes no more memory', async () => {
    const attacks = Object.values(TABLES).flatMap((table) => table.map(([, attack]) => attack));
    await sendAll(attacks);
    const [heaps, bytes] = [await heapsOf(scene.system), await redisBytes(scene.redis)];
    for (let round = 0; round < ROUNDS; round += 1) await sendAll(attacks);
    const [heapsAfter, bytesAfter] = [await heapsOf(scene.system), await redisBytes(scene.redis)];
    const grown = APPS.map((app) => [app, Math.round((heapsAfter[app] - heaps[app]) / 1_024)] as const);
    figures('three times the tables', { 'KiB in Redis': (bytesAfter - bytes) / 1_024, ...Object.fromEntries(grown) });
    for (const [app] of grown)
      expect({ app, heap: heapsAfter[app] - heaps[app] < 3 * MIB }).toEqual({ app, heap: true });
    expect(bytesAfter - bytes).toBeLessThan(MIB / 4);
  }, 60_000);

  it('no log holds a secret', async () => {
    const secrets = secretsOf(scene);
    for (const app of APPS) {
      const log = await scene.system.log(app);
      expect(log.length).toBeGreaterThan(1_000);
      expect(secrets.filter((secret) => log.includes(secret)).map((secret) => `${app}: ${secret}`)).toEqual([]);
      expect(log).not.toMatch(/\$argon2|__Host-sid=(?!\[redacted\])|"mac":"[\w-]{43}"/);
    }
  });
});
