import { Agent } from 'node:http';
import fc from 'fast-check';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { operationsOf, type Document, type Operation } from './fuzz/document.js';
import { requestsTo, type FuzzRequest } from './fuzz/requests.js';
import { Sender, type Answer } from './fuzz/sender.js';
import { ValidValues } from './fuzz/values.js';
import { faultOf } from './fuzz/verdict.js';
import { Client } from './support/http.js';
import { figures } from './support/figures.js';
import { fillShelf } from './support/shelf.js';
import { startSystem, type System } from './support/system.js';
import { IS_THOROUGH } from './support/thorough.js';

/** Of the larger number each operation must have succeeded too. */
const REQUESTS = IS_THOROUGH ? 20_000 : 3_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
/** Passwords are hashed two at a time, with few who wait; and some of these operations end the session that asks. */
const DEAR = ['register', 'login', 'reauthenticate', 'changePassword', 'logout', 'revokeSession', 'revokeSessions'];
const DEAR_SHARE = 0.02;
const DEAR_SENDERS = 4;
const SENDERS = 24;
const PERSON = { email: 'fuzz@larder.example', password: 'a sentence for odd requests' };

let system: System;
let port: number;
const agent = new Agent({ keepAlive: true, maxSockets: SENDERS + DEAR_SENDERS });

beforeAll(async () => {
  system = await startSystem({ variables: { REQUEST_TIMEOUT_MS: '15000' } });
  port = Number(new URL(system.url).port);
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await system.stop();
});

it(
  `answers ${REQUESTS} requests as its document says, whatever is in them (FUZZ_SEED=${SEED})`,
  async () => {
    const document = (await system.client.get('/openapi.json')).body as Document;
    const operations = operationsOf(document);
    const [dear, cheap] = [true, false].map((isDear) => operations.filter(({ id }) => DEAR.includes(id) === isDear));
    const [editor, customer] = await Promise.all(DEMO_ACCOUNTS.map((account) => new Client(system.url).login(account)));
    const values = new ValidValues(document, await knownIds(editor as Client));
    const start = performance.now();
    const few = mixed(dear ?? [], values, REQUESTS * DEAR_SHARE);
    const many = mixed(cheap ?? [], values, REQUESTS - few.length);
    const made = performance.now();
    const people = [editor, customer].map((person) => new Sender(port, agent, `__Host-sid=${person?.secret}`));
    await Promise.all([
      sendAll(
        many,
        SENDERS,
        (at) => people[Math.floor(at / (cheap?.length ?? 1)) % 3] ?? new Sender(port, agent, null),
      ),
      sendAll(few, DEAR_SENDERS, await passersBy()),
    ]);
    figures('fuzz', {
      seed: SEED,
      requests: many.length + few.length,
      madeMs: made - start,
      sentMs: performance.now() - made,
    });
    expect([...faults]).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    expect(people.map(({ hasSession }) => hasSession)).toEqual([true, true]);
    // what needs the version of a thing in If-Match succeeds by chance alone
    const missed = cheap?.map(({ id }) => id).filter((id) => !succeeded.has(id) && !/^(update|remove)/.test(id));
    if (IS_THOROUGH) expect(missed).toEqual([]);
  },
  Math.max(120_000, REQUESTS * 10),
);

let sent = 0;
/** One of each kind for each operation. */
const faults = new Map<string, string>();
const succeeded = new Set<string>();

/** Products, and categories with and without products. */
async function knownIds(editor: Client): Promise<string[]> {
  const { categoryId, productIds } = await fillShelf(system.databaseUrl, 'Fuzz', 24);
  const names = Array.from({ length: 12 }, (_, at) => `Empty ${at}`);
  const empty = await Promise.all(names.map((name) => editor.post('/v1/categories', { parentId: null, name })));
  return [categoryId, ...productIds, ...empty.map(({ body }) => (body as { id: string }).id)];
}

/** About `count` requests, as many to each operation, one operation after the other. */
function mixed(operations: readonly Operation[], values: ValidValues, count: number): FuzzRequest[] {
  const numRuns = Math.ceil(count / operations.length);
  const each = operations.map((operation, at) =>
    fc.sample(requestsTo(operation, values), { numRuns, seed: SEED + at }),
  );
  return Array.from({ length: numRuns }, (_, round) => each.map((requests) => requests[round] as FuzzRequest)).flat();
}

/** Callers of whom each signs in again when a session has ended; more often than not with success. */
async function passersBy(): Promise<(at: number, sender: number) => Promise<Sender> | Sender> {
  await system.client.post('/v1/auth/register', PERSON);
  const senders: (Sender | undefined)[] = [];
  return async (_, place) => {
    const known = senders[place];
    if (known?.hasSession === true) return known;
    const { secret } = await new Client(system.url).login(PERSON).catch(() => new Client(system.url));
    return (senders[place] = new Sender(port, agent, secret === '' ? null : `__Host-sid=${secret}`));
  };
}

/** Sends all, `senders` at a time, and keeps what is wrong with the answers. */
async function sendAll(
  requests: readonly FuzzRequest[],
  senders: number,
  senderFor: (at: number, place: number) => Promise<Sender> | Sender,
): Promise<void> {
  let next = 0;
  const work = async (place: number): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) {
      const request = requests[at] as FuzzRequest;
      const answer = await (await senderFor(at, place)).send(request).catch((error: unknown) => String(error));
      sent += 1;
      if (typeof answer !== 'string' && answer.status < 400) succeeded.add(request.operation.id);
      const fault = typeof answer === 'string' ? answer : faultOf(request, answer);
      if (fault !== null) faults.set(`${request.operation.id} ${fault}`, told(request, answer));
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, place) => work(place)));
}

function told({ operation, ...request }: FuzzRequest, answer: Answer | string): string {
  return `${operation.method} ${JSON.stringify(request)} got ${JSON.stringify(answer)}`.slice(0, 800);
}
