import { quantile } from '../lib/statistics.mjs';

const ADDS = 50;
const SLOW_MS = 150;
const IN_FLIGHT = 64;
const ROUNDS = 5;

/** All figures of one contestant. */
export async function measure(contestant, { redis }, { validations }) {
  await redis.flushall();
  const browse = browserOf(contestant.url);
  return {
    label: contestant.label,
    ...(await storms(browse)),
    resurrected: await resurrected(browse, contestant, redis),
    ...(await signIns(browse)),
    writes: await writesOfReads(browse, redis),
    ...(await validationRate(browse, contestant, redis, validations)),
  };
}

/** `browse(jar, method, path)` with the cookie in the jar, which the answer may replace. */
function browserOf(url) {
  return async (jar, method, path) => {
    const reply = await fetch(url + path, { method, headers: jar.cookie ? { cookie: jar.cookie } : {} });
    if (reply.status !== 200) throw new Error(`${method} ${path} answered ${reply.status}`);
    const [cookie] = reply.headers.getSetCookie();
    if (cookie !== undefined) jar.cookie = cookie.split(';')[0];
    return reply.json();
  };
}

const times = (count, call) => Promise.all(Array.from({ length: count }, (_, at) => call(at)));

/** Parallel requests of one browser: each takes the cookie that was there before. */
async function storms(browse) {
  const jar = {};
  await browse(jar, 'POST', '/add?product=first');
  await times(ADDS, (at) => browse({ ...jar }, 'POST', `/add?product=p${at}`));
  const lines = Object.keys(await browse(jar, 'GET', '/cart')).length - 1;
  const mixed = {};
  for (let count = 0; count < 40; count += 1) await browse(mixed, 'POST', '/add?product=one');
  await times(60, (at) => browse({ ...mixed }, 'POST', `/${at % 3 ? 'add' : 'take'}?product=one`));
  const { one = 0 } = await browse(mixed, 'GET', '/cart');
  return { lost: ADDS - lines, drift: Math.abs(one - 60) };
}

/** How many of ten sessions are there again after a slow request that ends after the logout. */
async function resurrected(browse, { keys }, redis) {
  const before = new Set(await redis.keys(keys));
  await times(10, async () => {
    const jar = {};
    await browse(jar, 'POST', '/add?product=first');
    const old = { ...jar };
    const slow = browse({ ...old }, 'POST', `/slow?ms=${SLOW_MS}`);
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS / 3));
    await browse(jar, 'POST', '/logout');
    await slow;
  });
  return (await redis.keys(keys)).filter((key) => !before.has(key)).length;
}

/** What the account's cart holds after two devices signed in at once, and after a sign-in whose answer was lost was tried again; 2 and 1 are right. */
async function signIns(browse) {
  const devices = await times(2, async (at) => {
    const jar = {};
    await browse(jar, 'POST', `/add?product=device${at}`);
    return jar;
  });
  await Promise.all(devices.map((jar) => browse(jar, 'POST', '/login?account=two')));
  const carts = await Promise.all(devices.map((jar) => browse(jar, 'GET', '/cart')));
  const merged = carts.every((cart) => cart.device0 === 1 && cart.device1 === 1);
  const jar = {};
  await browse(jar, 'POST', '/add?product=one');
  await times(2, () => browse({ ...jar }, 'POST', '/login?account=retry')); // the browser tries again
  const third = {};
  await browse(third, 'POST', '/add?product=other');
  await browse(third, 'POST', '/login?account=retry');
  return { merged, doubled: (await browse(third, 'GET', '/cart')).one !== 1 };
}

const READS = /^(get|hget|hmget|hgetall|mget|evalsha|eval|time|info|config\|resetstat|ttl|pttl|exists|scan|keys)$/;

/** Commands that write, for 100 reads by somebody who is signed in. */
async function writesOfReads(browse, redis) {
  const jar = {};
  await browse(jar, 'POST', '/login?account=reader');
  await redis.call('CONFIG', 'RESETSTAT');
  for (let count = 0; count < 100; count += 1) await browse(jar, 'GET', '/me');
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)]
    .filter(([, name]) => !READS.test(name))
    .reduce((sum, [, , calls]) => sum + Number(calls), 0);
}

/** Validations by the store alone beside plain GETs, in turns: a second, and p50 one at a time. */
async function validationRate(browse, { validatorOf }, redis, count) {
  const jar = {};
  await browse(jar, 'POST', '/login?account=validated');
  const validate = validatorOf(jar.cookie);
  if (!(await validate())) throw new Error('The session to validate is not there');
  await redis.set('plain', 'x'.repeat(400));
  const get = () => redis.get('plain');
  const [rates, ratios] = [[], []];
  for (let round = -1; round < ROUNDS; round += 1) {
    const [validation, plain] = [await rate(validate, count / ROUNDS), await rate(get, count / ROUNDS)];
    const ratio = (await latency(validate)) / (await latency(get));
    if (round < 0) continue; // warms up
    rates.push({ validation, plain });
    ratios.push(ratio);
  }
  const median = (name) =>
    quantile(
      rates.map((each) => each[name]),
      0.5,
    );
  return { rate: median('validation'), plain: median('plain'), ratio: quantile(ratios, 0.5) };
}

async function rate(call, count) {
  const startedMs = performance.now();
  for (let done = 0; done < count; done += IN_FLIGHT) await times(IN_FLIGHT, call);
  return (Math.ceil(count / IN_FLIGHT) * IN_FLIGHT * 1_000) / (performance.now() - startedMs);
}

async function latency(call) {
  const tookMs = [];
  for (let done = 0; done < 1_000; done += 1) {
    const startedMs = performance.now();
    await call();
    tookMs.push(performance.now() - startedMs);
  }
  return quantile(tookMs, 0.5);
}
