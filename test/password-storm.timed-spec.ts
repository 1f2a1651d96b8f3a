import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { fastest } from '../tools/services/index.js';
import { figures } from './support/figures.js';
import { Client, type Reply } from './support/http.js';
import { metric } from './support/metrics.js';
import { percentile } from './support/readers.js';
import { startSystem, type System } from './support/system.js';

const [EDITOR, CUSTOMER] = [DEMO_ACCOUNTS[0]!, DEMO_ACCOUNTS[1]!];
const GUESSES = 200;
/** How many guesses are free in a quarter of an hour: of one address at one account, and of all addresses at it. */
const FREE = { address: 10, account: 100 };
const MAX_LOOP_DELAY_MS = 50;
const MAX_DIFFERENCE_MS = 2;
const PAIRS = 30;

let system: System;
let lastAddress = 0;

beforeAll(async () => {
  system = await startSystem({ variables: { TRUSTED_PROXIES: '127.0.0.1' } });
}, 120_000);

afterAll(() => system.stop());

/** An address that nobody has guessed from yet. */
function newAddress(): string {
  lastAddress += 1;
  return `10.0.${lastAddress >> 8}.${lastAddress & 255}`;
}

function guess(email: string, address: string): Promise<Reply> {
  const body = { email, password: 'the-wrong-orchard-entirely' };
  return new Client(system.url).ask('POST', '/v1/auth/login', { body, headers: { 'x-forwarded-for': address } });
}

/** How long the event loop of auth was late in 99 of 100 looks since it was last asked, in milliseconds. */
const loopDelayMs = async (): Promise<number> =>
  1_000 * (await metric(system.operations.auth, 'nodejs_eventloop_lag_p99_seconds'));
const hashed = (): Promise<number> => metric(system.operations.auth, 'larder_password_checks_total', 'result="wrong"');

interface Storm {
  readonly replies: readonly Reply[];
  readonly hashed: number;
  readonly loopDelayMs: number;
  readonly ownerMs: number;
}

/** Guesses 200 times at once, while the account's owner signs in on a device that knows the account. */
async function storm(email: string, addressOf: () => string, owner: Client): Promise<Storm> {
  const before = await hashed();
  await loopDelayMs();
  const guesses = Array.from({ length: GUESSES }, () => guess(email, addressOf()));
  const startedMs = performance.now();
  await owner.login(CUSTOMER);
  const ownerMs = performance.now() - startedMs;
  const replies = await Promise.all(guesses);
  const delayMs = await loopDelayMs();
  return { replies, hashed: (await hashed()) - before, loopDelayMs: delayMs, ownerMs };
}

/** What nobody looked at says so, and when to come back. */
function expectRefusals(replies: readonly Reply[]): void {
  const refused = replies.filter(({ status }) => status !== 401);
  for (const { status, headers, body } of refused) {
    const type = status === 429 ? '/docs#too-many-attempts' : '/docs#overloaded';
    expect(body).toMatchObject({ type, status: status === 429 ? 429 : 503 });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
}

describe('200 wrong passwords at once', () => {
  it.each([
    ['from one address', FREE.address, () => '192.0.2.1'],
    ['from 200 addresses', FREE.account, newAddress],
  ])('%s: no more than the quota is hashed, auth stays awake, and the owner gets in', async (_, quota, addressOf) => {
    const owner = await new Client(system.url).login(CUSTOMER);
    let allHashed = 0;
    const delayMs = await fastest(3, MAX_LOOP_DELAY_MS, async () => {
      const { replies, ...seen } = await storm(CUSTOMER.email, addressOf, owner);
      figures('200 wrong passwords', { hashed: seen.hashed, 'loop ms': seen.loopDelayMs, 'owner ms': seen.ownerMs });
      expectRefusals(replies);
      expect(replies.filter(({ status }) => status === 401)).toHaveLength(seen.hashed);
      allHashed += seen.hashed;
      return seen.loopDelayMs;
    });
    expect(delayMs).toBeLessThan(MAX_LOOP_DELAY_MS);
    expect(allHashed).toBeGreaterThan(0);
    expect(allHashed).toBeLessThanOrEqual(quota);
  });
});

it('takes as long to refuse an unknown address as a wrong password', async () => {
  const differenceMs = await fastest(3, MAX_DIFFERENCE_MS, async (attempt) => {
    const [wrong, unknown]: [Reply[], Reply[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      wrong.push(await guess(EDITOR.email, newAddress()));
      unknown.push(await guess(`nobody-${attempt}-${pair}@larder.example`, newAddress()));
    }
    const medians = { wrong: percentile(wrong, 0.5), unknown: percentile(unknown, 0.5) };
    figures('medians', medians);
    return Math.abs(medians.wrong - medians.unknown);
  });
  expect(differenceMs).toBeLessThan(MAX_DIFFERENCE_MS);
}, 60_000);
