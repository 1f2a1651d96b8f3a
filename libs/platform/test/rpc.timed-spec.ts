import {
  createLogger,
  RpcClient,
  startRpcServer,
  type Procedure,
  type RpcClientOptions,
  type RunningRpcServer,
} from '@larder/platform';
import { Registry } from 'prom-client';
import { fastest, until } from '../../../tools/services/index.js';
import { CallServer } from './call-server.js';
import { failure, outgoing } from './calls.js';
import { CLERK_KEY, customer, editor, hall, HallModule, KEY, OpenModule } from './hall.js';
import { frame, passport, RawServer, shout, type Claims } from './wire.js';

const host = '127.0.0.1';
const lines: string[] = [];
const logger = createLogger('hall', 'debug', { write: (line) => void lines.push(line) });
const cleanups: (() => unknown)[] = [];

async function startHall(port = 0): Promise<RunningRpcServer> {
  const server = await startRpcServer(HallModule, { host, port, logger });
  cleanups.push(() => server.close());
  return server;
}

function clientOf(port: number, more: Partial<RpcClientOptions> = {}): RpcClient {
  const client = new RpcClient({ service: 'door', upstream: 'hall', addresses: [{ host, port }], key: KEY, ...more });
  cleanups.push(() => {
    client.close();
  });
  return client;
}

function isRefused(error: unknown): boolean {
  const { code, detail } = error as { code?: string; detail?: string };
  return code === 'UNAVAILABLE' && detail?.includes('refused') === true;
}

/** Calls until there is an answer; how long that took, in milliseconds. */
async function untilServed(client: RpcClient): Promise<number> {
  const startedAt = performance.now();
  await until('a call is answered', 10_000, () => client.call(hall.greet, { name: 'Ada' }, outgoing()));
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  lines.length = 0;
});

describe('a call', () => {
  it('carries the validated input there and the output back', async () => {
    const client = clientOf((await startHall()).port);
    expect(await client.call(hall.greet, { name: 'Ada' }, outgoing())).toEqual({
      data: 'Hello Ada',
      cache: [],
      freshness: 'applied',
      versions: {},
    });
  });

  it('carries who calls, the request and the trace', async () => {
    const client = clientOf((await startHall()).port);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const context = outgoing({ requestId: 'r-77', principal: editor, traceparent });
    const answered = await client.call(hall.whoAmI, {}, context);
    expect(answered.data).toEqual({ requestId: 'r-77', principal: editor, traceparent });
    expect(lines.some((line) => line.includes('"pattern":"hall.who"') && line.includes('"requestId":"r-77"'))).toBe(
      true,
    );
  });

  it.each([[null], [0], [''], [false], [[]], [{}]])('carries %j', async (value) => {
    const client = clientOf((await startHall()).port);
    expect((await client.call(hall.echo, value, outgoing())).data).toEqual(value);
  });

  it('says how the caches took part', async () => {
    const client = clientOf((await startHall()).port);
    const cache = [{ cache: 'larder-hall', outcome: 'miss', l1: false, stored: true, shared: false }];
    expect(await client.call(hall.cached, {}, outgoing())).toEqual({
      data: null,
      cache,
      freshness: 'applied',
      versions: {},
    });
  });

  it('says which versions a change made, and that the caches do not know of it', async () => {
    const client = clientOf((await startHall()).port);
    const told = { data: null, cache: [], freshness: 'pending', versions: { door: 7 } };
    expect(await client.call(hall.change, {}, outgoing())).toEqual(told);
  });

  it('keeps a hundred at once apart', async () => {
    const client = clientOf((await startHall()).port);
    const names = Array.from({ length: 100 }, (_, n) => `guest ${n}`);
    const answers = await Promise.all(names.map((name) => client.call(hall.greet, { name }, outgoing())));
    expect(answers.map(({ data }) => data)).toEqual(names.map((name) => `Hello ${name}`));
  });
});

describe('a refusal', () => {
  it('names the field of an input that is not valid, and the field that nobody knows', async () => {
    const client = clientOf((await startHall()).port);
    const { error } = await failure(client.call(hall.greet, { name: 'A', admin: true } as never, outgoing()));
    expect(error).toMatchObject({
      code: 'BAD_INPUT',
      issues: expect.arrayContaining([
        expect.objectContaining({ path: 'name' }),
        { path: 'admin', message: 'is not a known field' },
      ]) as unknown,
    });
  });

  it('reaches the caller with its code, its issues and its delay', async () => {
    const client = clientOf((await startHall()).port);
    const { error } = await failure(client.call(hall.refuse, {}, outgoing()));
    expect(error).toMatchObject({
      code: 'CART_FULL',
      detail: 'There is no room',
      issues: [{ path: 'items', message: 'are too many' }],
      retryAfterSeconds: 7,
    });
  });

  it('is what a call without the role gets, and one with the role does not', async () => {
    const client = clientOf((await startHall()).port);
    const codes = async (procedure: typeof hall.enter | typeof hall.paint): Promise<string[]> =>
      Promise.all(
        [null, customer, editor].map(async (principal) =>
          client.call(procedure, {}, outgoing({ principal })).then(
            ({ data }) => data,
            (error: unknown) => (error as { code: string }).code,
          ),
        ),
      );
    expect(await codes(hall.enter)).toEqual(['SESSION_REQUIRED', 'welcome', 'welcome']);
    expect(await codes(hall.paint)).toEqual(['SESSION_REQUIRED', 'NOT_ALLOWED', 'painted']);
  });

  it('is what a service gets for all but what names it, whoever it says it calls for, and what others get for that', async () => {
    const { port } = await startHall();
    const asked = async (client: RpcClient, procedure: Procedure): Promise<unknown> =>
      client.call(procedure, {}, outgoing({ principal: editor })).then(
        ({ data }) => data,
        (error: unknown) => (error as { code: string }).code,
      );
    const [door, clerk] = [clientOf(port), clientOf(port, { service: 'clerk', key: CLERK_KEY })];
    expect([await asked(door, hall.count), await asked(door, hall.paint)]).toEqual(['NOT_ALLOWED', 'painted']);
    const forClerk = [hall.count, hall.paint, hall.enter, hall.refuse];
    const answers = await Promise.all(forClerk.map((procedure) => asked(clerk, procedure)));
    expect(answers).toEqual(['counted', 'NOT_ALLOWED', 'NOT_ALLOWED', 'NOT_ALLOWED']);
    expect(await asked(clientOf(port, { service: 'clerk' }), hall.count)).toBe('INTERNAL');
  });

  it('hides an unexpected error behind an id, under which it is logged once and without secrets', async () => {
    const client = clientOf((await startHall()).port);
    const { error } = await failure(client.call(hall.break, {}, outgoing()));
    const { code, detail } = error as { code: string; detail: string };
    const id = /^Unexpected error ([\da-f-]{36})$/.exec(detail)?.[1];
    expect(code).toBe('INTERNAL');
    expect(lines.filter((line) => line.includes('boiler exploded'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('boiler exploded'))).toContain(id);
    expect(lines.join('')).not.toContain('hunter2');
  });
});

describe('a passport', () => {
  const now = Date.now();
  const good: Claims = {
    issuer: 'door',
    audience: 'hall',
    pattern: hall.paint.pattern,
    subject: 'a-1',
    roles: ['editor'],
    session: 's-1',
    issued: now,
    expiry: now + 60_000,
  };
  const send = async (port: number, pass: unknown): Promise<string> => {
    const data = { meta: { requestId: 'r', deadlineMs: 1_000, passport: pass }, data: {} };
    return (await shout(port, frame({ id: '1', pattern: hall.paint.pattern, data }))).said;
  };

  it('of the described form is accepted', async () => {
    const { port } = await startHall();
    expect(await send(port, passport(KEY, good))).toContain('painted');
  });

  it.each<[string, unknown]>([
    ['signed with another key', passport('another key, that is as long as needed', good)],
    ['of an issuer that has no key here', passport(KEY, { ...good, issuer: 'window' })],
    ['for another service', passport(KEY, { ...good, audience: 'cellar' })],
    ['for another procedure', passport(KEY, { ...good, pattern: hall.enter.pattern })],
    ['with a role written in', { ...passport(KEY, { ...good, roles: [] }), roles: ['editor'] }],
    ['with a subject written in', { ...passport(KEY, good), subject: 'a-9' }],
    ['expired', passport(KEY, { ...good, issued: now - 61_000, expiry: now - 1_000 })],
    ['of the future', passport(KEY, { ...good, issued: now + 30_000, expiry: now + 60_000 })],
    ['that lives longer than a minute', passport(KEY, { ...good, expiry: now + 3_600_000 })],
    ['without a MAC', { ...passport(KEY, good), mac: '' }],
    ['with lists for texts', { ...passport(KEY, good), issuer: ['door'] }],
    ['that is absent', undefined],
    ['that is null', null],
  ])('%s is refused', async (_, pass) => {
    const { port } = await startHall();
    const said = await send(port, pass);
    expect(said).toContain('PASSPORT_REFUSED');
    expect(said).not.toContain('painted');
    expect(lines.some((line) => line.includes('passport refused'))).toBe(true);
  });

  it('that the upstream refuses is the fault of the set-up, not of the user', async () => {
    const client = clientOf((await startHall()).port, { key: 'another key, that is as long as needed' });
    const { error } = await failure(client.call(hall.greet, { name: 'Ada' }, outgoing()));
    expect(error).toMatchObject({ code: 'INTERNAL', detail: expect.stringContaining('service keys') as unknown });
  });
});

describe('a service', () => {
  it.each<[string, string]>([
    ['that is no frame', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n#\r\n'],
    ['that is no JSON', '7#garbage'],
    ['with a negative length', '-4#{}'],
    ['longer than a megabyte', `2000000#"${'x'.repeat(1_500_000)}`],
    ['without an end', 'x'.repeat(1_500_000)],
    ['that is a number', '1#5'],
    ['that is an event', frame({ pattern: hall.paint.pattern, data: {} })],
    ['whose pattern is an object', frame({ id: '1', pattern: { a: 1 }, data: {} })],
    ['of a hundred thousand brackets', `200000#${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('ends the connection over a message %s, and lives on', async (_, text) => {
    const { port } = await startHall();
    expect(await shout(port, text)).toEqual({ said: '', ended: true });
    expect((await clientOf(port).call(hall.greet, { name: 'Ada' }, outgoing())).data).toBe('Hello Ada');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no meta', { data: {} }],
    ['a list', []],
    ['an endless deadline', { meta: { requestId: 'r', deadlineMs: 1e12 }, data: {} }],
    ['a huge request id', { meta: { requestId: 'r'.repeat(1_000), deadlineMs: 1 }, data: {} }],
  ])('refuses a call that carries %s', async (_, data) => {
    const { port } = await startHall();
    const { said } = await shout(port, frame({ id: '1', pattern: hall.greet.pattern, data }));
    expect(said).toContain('BAD_INPUT');
  });

  it('refuses an own __proto__ field', async () => {
    const client = clientOf((await startHall()).port);
    const input = JSON.parse('{"name":"Ada","__proto__":{"admin":true}}') as { name: string };
    const { error } = await failure(client.call(hall.greet, input, outgoing()));
    expect(error).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('does not know a call that it does not handle', async () => {
    const client = clientOf((await startHall()).port);
    const unknown: Procedure = { ...hall.cached, pattern: 'hall.nothing' };
    expect((await failure(client.call(unknown, {}, outgoing()))).error).toMatchObject({ code: 'INTERNAL' });
  });

  it('does not start with a handler that names no policy', async () => {
    await expect(startRpcServer(OpenModule, { host, port: 0, logger: false })).rejects.toThrow('OpenController.open');
  });

  it('does not start on a port that is taken', async () => {
    const { port } = await startHall();
    await expect(startRpcServer(HallModule, { host, port, logger: false })).rejects.toThrow('EADDRINUSE');
  });
});

describe('a message that is too long', () => {
  it('fails its own call alone, in either direction', async () => {
    const client = clientOf((await startHall()).port);
    const bystander = client.call(hall.stall, { ms: 100 }, outgoing());
    const question = await failure(client.call(hall.greet, { name: 'x'.repeat(1_100_000) }, outgoing()));
    expect(question.error).toMatchObject({ code: 'BAD_INPUT' });
    const reply = await failure(client.call(hall.fill, { chars: 1_100_000 }, outgoing()));
    expect(reply.error).toMatchObject({ code: 'INTERNAL' });
    expect((await bystander).data).toBe('done');
    expect((await client.call(hall.fill, { chars: 1_000_000 }, outgoing())).data).toHaveLength(1_000_000);
  });
});

describe('a deadline', () => {
  it('ends the call on both sides', async () => {
    const client = clientOf((await startHall()).port);
    const stalling = async (): Promise<number> => {
      const { error, ms } = await failure(
        client.call(hall.stall, { ms: 5_000 }, outgoing({ deadlineMs: Date.now() + 150 })),
      );
      expect(error).toMatchObject({ code: 'UNAVAILABLE', detail: expect.stringContaining('unanswered') as unknown });
      expect(ms).toBeGreaterThan(140);
      return ms;
    };
    expect(await fastest(3, 400, stalling)).toBeLessThan(400);
  });

  it('that has passed keeps the call from being sent', async () => {
    let heard = '';
    const raw = new CallServer((_socket, call) => {
      heard += JSON.stringify(call);
    });
    cleanups.push(() => {
      raw.close();
    });
    const client = clientOf(await raw.listen());
    const late = client.call(hall.greet, { name: 'Too late' }, outgoing({ deadlineMs: Date.now() - 1 }));
    expect((await failure(late)).error).toMatchObject({ code: 'UNAVAILABLE' });
    void failure(client.call(hall.greet, { name: 'In time' }, outgoing()));
    await until('the next call is heard', 2_000, () => heard.includes('In time'));
    expect(heard).not.toContain('Too late'); // which would have gone over the same connection before it
  });
});

describe('an upstream that is away', () => {
  it('is UNAVAILABLE at once, and works within a second of its return', async () => {
    const first = await startHall();
    const registry = new Registry();
    const client = clientOf(first.port, { registry });
    await client.call(hall.greet, { name: 'Ada' }, outgoing());
    expect(await client.health()).toBe('up');
    await first.close();
    const refusals: number[] = [];
    while (refusals.length < 20) {
      const { error, ms } = await failure(client.call(hall.greet, { name: 'Ada' }, outgoing()));
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
      refusals.push(ms);
    }
    expect(median(refusals)).toBeLessThan(150);
    expect(await client.health()).toBe('down');
    const returning = async (attempt: number): Promise<number> => {
      if (attempt > 1) await servers.at(-1)!.close();
      await new Promise((resolve) => setTimeout(resolve, 1_700)); // long enough for the pauses to reach their longest
      servers.push(await startHall(first.port));
      return untilServed(client);
    };
    const servers: RunningRpcServer[] = [];
    expect(await fastest(3, 1_000, returning)).toBeLessThan(1_000);
    expect(await registry.metrics()).toMatch(
      /larder_upstream_failures_total\{upstream="hall",reason="unreachable"\} ([2-9]\d|\d{3})/,
    );
  });

  it('from the start is UNAVAILABLE too', async () => {
    const server = await startHall();
    await server.close();
    const asking = async (): Promise<number> => {
      const { error, ms } = await failure(clientOf(server.port).call(hall.greet, { name: 'Ada' }, outgoing()));
      expect(error).toMatchObject({ code: 'UNAVAILABLE' });
      return ms;
    };
    expect(await fastest(3, 150, asking)).toBeLessThan(150);
  });

  it('is not stormed with connections', async () => {
    const raw = new RawServer(() => undefined, 'hang up');
    cleanups.push(() => {
      raw.close();
    });
    const client = clientOf(await raw.listen());
    const endMs = performance.now() + 400;
    while (performance.now() < endMs || raw.connections < 3) {
      await failure(client.call(hall.paint, {}, outgoing()));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(raw.connections).toBeLessThan(8);
  });

  it('hears a read once more and a write never', async () => {
    const raw = new CallServer((socket) => {
      socket.destroy();
    });
    cleanups.push(() => {
      raw.close();
    });
    const port = await raw.listen();
    const { error } = await failure(clientOf(port).call(hall.paint, {}, outgoing()));
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(raw.heard).toBe(1);
    await failure(clientOf(port).call(hall.greet, { name: 'Ada' }, outgoing()));
    expect(raw.heard).toBe(3);
  });
});

describe('an upstream that does not answer', () => {
  it('is left alone after five calls in a row, and tried again within a second', async () => {
    const { port } = await startHall();
    let client = clientOf(port);
    const leaving = async (): Promise<number> => {
      client = clientOf(port);
      const stalled = Array.from({ length: 5 }, () =>
        failure(client.call(hall.stall, { ms: 5_000 }, outgoing({ deadlineMs: Date.now() + 250 }))),
      );
      await Promise.all(stalled);
      const { error, ms } = await failure(client.call(hall.greet, { name: 'Ada' }, outgoing()));
      // After 100 ms a call is let through, also if the machine took them: then it was not refused at once.
      return isRefused(error) ? ms : Infinity;
    };
    expect(await fastest(3, 50, leaving)).toBeLessThan(50);
    expect(
      await fastest(3, 1_000, async (attempt) => {
        if (attempt > 1) await leaving();
        return untilServed(client);
      }),
    ).toBeLessThan(1_000);
  });

  it('holds no more calls than the limit', async () => {
    const client = clientOf((await startHall()).port, { maxInFlight: 3 });
    await client.call(hall.greet, { name: 'Ada' }, outgoing()); // from now on a call takes its place at once
    const patient = outgoing({ deadlineMs: Date.now() + 10_000 });
    const running = Array.from({ length: 3 }, () => client.call(hall.stall, { ms: 1_500 }, patient));
    const more = Array.from({ length: 3 }, () => failure(client.call(hall.greet, { name: 'Ada' }, outgoing())));
    const refusals = await Promise.all(more);
    expect(refusals.map(({ error }) => isRefused(error))).toEqual([true, true, true]);
    expect((await Promise.all(running)).map(({ data }) => data)).toEqual(['done', 'done', 'done']);
  });
});

describe('a client', () => {
  it('that is closed fails its calls in flight and those after', async () => {
    const client = clientOf((await startHall()).port);
    const running = failure(client.call(hall.paint, {}, outgoing({ principal: editor })));
    await client.call(hall.greet, { name: 'Ada' }, outgoing());
    await running;
    const stalled = failure(client.call(hall.stall, { ms: 2_000 }, outgoing()));
    await client.call(hall.greet, { name: 'Ada' }, outgoing()); // the other one is on its way by now
    client.close();
    expect((await stalled).error).toMatchObject({
      code: 'UNAVAILABLE',
      detail: expect.not.stringContaining('unanswered') as unknown, // before its deadline
    });
    expect((await failure(client.call(hall.greet, { name: 'Ada' }, outgoing()))).error).toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('is not made with a short key', () => {
    expect(() => clientOf(1, { key: 'short' })).toThrow(TypeError);
  });
});
