import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import { DEMO_ACCOUNTS } from '../../apps/auth/src/accounts/demo-accounts.js';
import { ask, type Reply } from '../../apps/gateway/test/ask.js';
import { query, startRedis } from '../../tools/services/index.js';
import { Client } from '../support/http.js';
import { quiet } from '../support/quiet.js';
import { startSystem, type System } from '../support/system.js';
import { CATEGORY, PRODUCT, SECOND, type Attack, type Person } from './attack.js';
import { NAMES, PAGES } from './cursors-and-searches.js';
import { MEASURABLE } from './heap.js';

/** Whatever the machine is busy with, no answer may fail for want of time. */
const AMPLE_MS = '15000';
const MANY = '1000000000';

const random = (): string => randomBytes(32).toString('base64url');

/** What the system is started with and nobody may see. */
export const SECRETS = {
  AUTH_DEVICE_KEY: random(),
  SERVICE_KEY_GATEWAY_AUTH: random(),
  SERVICE_KEY_GATEWAY_CATALOG: random(),
  SERVICE_KEY_INVALIDATOR_CATALOG: random(),
  REDIS_PASSWORD: random(),
} as const;

/** Passwords and cookies that attacks have used, and no log may hold. */
export const SPENT = new Set<string>();

/** Who has an account. */
export const ACCOUNTS = {
  editor: DEMO_ACCOUNTS[0] as { email: string; password: string },
  customer: DEMO_ACCOUNTS[1] as { email: string; password: string },
  neighbour: { email: 'neighbour@larder.example', password: `a neighbourly ${random()}` },
} as const;

const ROWS = `
  INSERT INTO public.categories (id, name) VALUES ('${CATEGORY}', 'Hostile');
  INSERT INTO public.products (id, sku, name, category_id, price_minor, currency) VALUES
    ('${PRODUCT}', 'HOST-1', '${NAMES.plain}', '${CATEGORY}', 100, 'EUR'),
    ('${SECOND}', 'HOST-2', '${NAMES.percent}', '${CATEGORY}', 200, 'EUR'),
    ('0a000000-0000-4000-8000-000000000003', 'HOST-3', '${NAMES.underscore}', '${CATEGORY}', 300, 'EUR');
  INSERT INTO public.stock (product_id, quantity) VALUES ('${PRODUCT}', 5)`;

/** Somebody who is signed in. `sessionId` is the public id of their session. */
interface SignedIn {
  readonly client: Client;
  readonly sessionId: string;
}

/** The whole system with people who are signed in, under attack. */
export interface Scene {
  readonly system: System;
  readonly redis: Redis;
  /** Of the gateway. */
  readonly port: number;
  readonly people: Readonly<Record<Person, SignedIn>>;
  /** Sends an attack, with what only the running system knows filled in. */
  ask(attack: Attack): Promise<Reply>;
  stop(): Promise<void>;
}

/** Starts the system on a Redis with a password, puts a few rows into it, and signs everybody in. */
export async function setScene(): Promise<Scene> {
  const server = await startRedis({ args: ['--requirepass', SECRETS.REDIS_PASSWORD] });
  const limits = { REQUEST_TIMEOUT_MS: AMPLE_MS, RATE_LIMIT_REQUESTS: MANY, RATE_LIMIT_CHANGES: MANY };
  const variables = { ...SECRETS, ...limits, LOG_LEVEL: 'debug', NODE_OPTIONS: MEASURABLE };
  const system = await startSystem({ redis: server, variables });
  const password = SECRETS.REDIS_PASSWORD;
  const redis = connectRedis({ ...server, password, commandTimeoutMs: 10_000 }, () => undefined);
  await redis.connect();
  await query(system.databaseUrl, ROWS);
  await quiet(system);
  const people = await signEverybodyIn(system);
  const fill = await filling(system, people);
  const port = Number(new URL(system.url).port);
  return {
    ...{ system, redis, people, port },
    ask: ({ as, headers = {}, ...attack }) => {
      const session = as === undefined ? {} : { cookie: `__Host-sid=${people[as].client.secret}` };
      const filled = Object.entries(headers).map(([name, value]) => [name, each(value, fill)] as const);
      return ask(port, { ...attack, path: fill(attack.path), headers: { ...session, ...Object.fromEntries(filled) } });
    },
    stop: async () => {
      redis.disconnect();
      await system.stop();
      await server.stop();
    },
  };
}

async function signEverybodyIn({ url, client }: System): Promise<Readonly<Record<Person, SignedIn>>> {
  await client.post('/v1/auth/register', ACCOUNTS.neighbour);
  const people = Object.entries(ACCOUNTS).map(async ([name, account]) => {
    const client = await new Client(url).login(account);
    const { items } = (await client.get('/v1/sessions')).body as { items: { id: string; current: boolean }[] };
    return [name, { client, sessionId: items.find(({ current }) => current)?.id ?? '' }] as const;
  });
  return Object.fromEntries(await Promise.all(people)) as Readonly<Record<Person, SignedIn>>;
}

type Fill = (text: string) => string;

/** Puts in what stands for secrets, sessions and cursors, such as `<secret of editor>`. */
async function filling({ client }: System, people: Scene['people']): Promise<Fill> {
  const known = new Map<string, string>();
  for (const [name, { client: own, sessionId }] of Object.entries(people)) {
    known.set(`secret of ${name}`, own.secret);
    known.set(`lower-case secret of ${name}`, own.secret.toLowerCase());
    known.set(`half secret of ${name}`, own.secret.slice(0, 21));
    known.set(`session of ${name}`, sessionId);
  }
  for (const [name, path] of Object.entries(PAGES)) {
    const { nextCursor } = (await client.get(path)).body as { nextCursor: string };
    known.set(`cursor of ${name}`, nextCursor);
    known.set(`half cursor of ${name}`, nextCursor.slice(0, nextCursor.length / 2));
  }
  return (text) => text.replaceAll(/<([a-z -]+ of [a-z]+)>/g, (whole, what: string) => known.get(what) ?? whole);
}

function each(value: string | string[], fill: Fill): string | string[] {
  return typeof value === 'string' ? fill(value) : value.map(fill);
}
