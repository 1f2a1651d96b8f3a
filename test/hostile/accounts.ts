import { query } from '../../tools/services/index.js';
import { Client, type Reply } from '../support/http.js';
import { LINE } from './attack.js';
import { ACCOUNTS, SPENT, type Scene } from './scene.js';
import { sessionKeyOf } from './store-poisoning.js';

/** An attempt of each kind is free so often in a quarter of an hour, from one address. */
const FREE_GUESSES = 10;

const register = (scene: Scene, email: string, password: string): Promise<Reply> =>
  new Client(scene.system.url).post('/v1/auth/register', { email, password });
const login = (scene: Scene, email: string, password: string): Promise<Reply> =>
  new Client(scene.system.url).post('/v1/auth/login', { email, password });

/** What a refusal says, but for its id. */
const saidBy = ({ status, body }: Reply): string =>
  `${status} ${JSON.stringify({ ...(body as object), requestId: '' })}`;

/** A password that nobody has; it is looked for in the logs. */
function wrong(number: number): string {
  const password = `wrong-horse-battery-${number}`;
  SPENT.add(password);
  return password;
}

export async function registerAtOnce(scene: Scene, count: number): Promise<void> {
  const email = 'twins@larder.example';
  const replies = await Promise.all(Array.from({ length: count }, (_, n) => register(scene, email, wrong(n))));
  expect(new Set(replies.map(saidBy)).size).toBe(1);
  expect(replies[0]?.status).toBe(202);
  const { databaseUrl } = scene.system;
  const gone = await query(databaseUrl, `DELETE FROM auth.users WHERE email = '${email}' RETURNING id`);
  expect(gone).toHaveLength(1);
}

export async function expectKnownAddressIsKept(scene: Scene): Promise<void> {
  const { email } = ACCOUNTS.customer;
  const [known, unknown] = [
    await register(scene, email, wrong(98)),
    await register(scene, 'x@larder.example', wrong(99)),
  ];
  expect(saidBy(known)).toBe(saidBy(unknown));
  await query(scene.system.databaseUrl, `DELETE FROM auth.users WHERE email = 'x@larder.example'`);
  expect((await login(scene, email, wrong(98))).status).toBe(401);
  const client = await new Client(scene.system.url).login(ACCOUNTS.customer);
  expect((await client.ask('POST', '/v1/auth/logout')).status).toBe(204);
}

export async function expectSecretIsDead(scene: Scene): Promise<void> {
  const client = await new Client(scene.system.url).login(ACCOUNTS.customer);
  SPENT.add(client.secret);
  const replay = client.at(scene.system.url);
  expect((await client.ask('POST', '/v1/auth/logout')).status).toBe(204);
  expect((await replay.get('/v1/me')).status).toBe(401);
  const dead = replay.secret;
  expect((await replay.post('/v1/cart/items', LINE)).status).toBe(200); // in a fresh anonymous session
  expect(replay.secret).not.toBe(dead);
  expect(await scene.redis.del(sessionKeyOf(replay.secret))).toBe(1);
}

export async function expectReplayIsTheft(scene: Scene): Promise<void> {
  const owner = await new Client(scene.system.url).login(ACCOUNTS.customer);
  const thief = owner.at(scene.system.url);
  const key = sessionKeyOf(owner.secret);
  await scene.redis.hset(key, 'issued', '0'); // the secret is due
  const { secret } = owner;
  expect((await owner.get('/v1/me')).status).toBe(200);
  expect(owner.secret).not.toBe(secret);
  for (const used of [secret, owner.secret]) SPENT.add(used);
  expect((await thief.get('/v1/me')).status).toBe(200); // in the grace, as other tabs of the owner
  await scene.redis.hset(key, 'previous_until', '1');
  expect((await thief.get('/v1/me')).status).toBe(401);
  expect((await owner.get('/v1/me')).status).toBe(401);
  expect(await scene.system.log('auth')).toContain('a replaced secret came back');
}

export async function expectGuesses(scene: Scene, count: number): Promise<void> {
  const { email } = ACCOUNTS.neighbour;
  const replies = await Promise.all(Array.from({ length: count }, (_, n) => login(scene, email, wrong(n))));
  const looked = replies.filter(({ status }) => status === 401);
  const refused = replies.filter(({ status }) => status === 429);
  expect(looked.length + refused.length).toBe(count);
  expect(looked.length).toBeLessThanOrEqual(FREE_GUESSES);
  for (const { headers, body } of refused) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ type: '/docs#too-many-attempts' });
  }
}

export async function spray(scene: Scene, count: number): Promise<void> {
  const known = await login(scene, ACCOUNTS.editor.email, wrong(0));
  const replies: Reply[] = [];
  for (let n = 0; n < count && replies.at(-1)?.status !== 429; n += 4) {
    const some = Array.from({ length: 4 }, (_, at) => login(scene, `person-${n + at}@larder.example`, wrong(n)));
    replies.push(...(await Promise.all(some)));
  }
  expect(saidBy(replies[0]!)).toBe(saidBy(known));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([401, 429]));
  expect(new Set(replies.map(saidBy)).size).toBeLessThanOrEqual(3);
}
