import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createLogger,
  RpcClient,
  startRpcServer,
  type RpcClientOptions,
  type RunningRpcServer,
} from '@larder/platform';
import { fastest, Lag, TcpProxy, until } from '../../../tools/services/index.js';
import { answerCall, CallServer, refuseCall } from './call-server.js';
import { failure, outgoing } from './calls.js';
import { editor, hall, HallModule, KEY } from './hall.js';
import { frame } from './wire.js';

const host = '127.0.0.1';
const lines: string[] = [];
const logger = createLogger('hall', 'debug', { write: (line) => void lines.push(line) });
const cleanups: (() => unknown)[] = [];

async function startHall(port = 0): Promise<RunningRpcServer> {
  const server = await startRpcServer(HallModule, { host, port, logger });
  cleanups.push(() => server.close());
  return server;
}

async function startRaw(
  onCall: ConstructorParameters<typeof CallServer>[0],
): Promise<{ raw: CallServer; port: number }> {
  const raw = new CallServer(onCall);
  cleanups.push(() => {
    raw.close();
  });
  return { raw, port: await raw.listen() };
}

async function startProxy(port: number): Promise<TcpProxy> {
  const proxy = await TcpProxy.start({ host, port });
  cleanups.push(() => proxy.stop());
  return proxy;
}

function clientOf(ports: readonly number[], more: Partial<RpcClientOptions> = {}): RpcClient {
  const addresses = ports.map((port) => ({ host, port }));
  const client = new RpcClient({ service: 'door', upstream: 'hall', addresses, key: KEY, ...more });
  cleanups.push(() => {
    client.close();
  });
  return client;
}

/** A caller that hears what it is told, and keeps its connection. */
async function openCaller(port: number): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(port, host);
  cleanups.push(() => socket.destroy());
  let said = '';
  socket.on('data', (chunk) => (said += chunk.toString())).on('error', () => undefined);
  socket.write(frame({ id: '1', pattern: 'larder.hello' }));
  await until('it is greeted', 2_000, () => said !== '');
  return { socket, said: () => said };
}

const greet = (client: RpcClient, deadlineMs = Date.now() + 2_000): Promise<unknown> =>
  client.call(hall.greet, { name: 'Ada' }, outgoing({ deadlineMs }));
const paint = (client: RpcClient): Promise<unknown> => client.call(hall.paint, {}, outgoing({ principal: editor }));

/** How often a hall was painted, in all processes. */
const painted = (): number => lines.filter((line) => line.includes('"pattern":"hall.paint"')).length;

/** Reads, writes, and calls that take a while, one of each every few milliseconds, until `stop`; then all that failed. */
function keepCalling(client: RpcClient): { made: number; stop(): Promise<unknown[]> } {
  const failures: unknown[] = [];
  const calls: Promise<unknown>[] = [];
  const note = (error: unknown): void => void failures.push(error);
  const calling = {
    made: 0,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(calls);
      return failures;
    },
  };
  const timer = setInterval(() => {
    calling.made += 1;
    calls.push(greet(client).catch(note), paint(client).catch(note));
    calls.push(client.call(hall.stall, { ms: 50 }, outgoing()).catch(note));
  }, 5);
  return calling;
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  lines.length = 0;
});

describe('an upstream of two processes', () => {
  it('has its calls shared out', async () => {
    const [one, two] = [await startRaw(answerCall), await startRaw(answerCall)];
    const client = clientOf([one.port, two.port]);
    await until('both are connected', 2_000, async () => (await client.health()) === 'up');
    for (let call = 0; call < 20; call += 1) await greet(client);
    expect([one.raw.heard, two.raw.heard]).toEqual([10, 10]);
    await Promise.all(Array.from({ length: 20 }, () => greet(client)));
    expect([one.raw.heard, two.raw.heard]).toEqual([20, 20]);
  });

  it('serves every read, and is degraded, while one of them is dead', async () => {
    const [dead, alive] = [await startProxy((await startHall()).port), await startHall()];
    const client = clientOf([dead.port, alive.port]);
    await until('both are connected', 2_000, async () => (await client.health()) === 'up');
    await dead.refuse();
    for (let call = 0; call < 100; call += 1) await greet(client);
    expect(await client.health()).toBe('degraded');
    await dead.forward();
    await until('both are connected again', 2_000, async () => (await client.health()) === 'up');
  });

  it('loses few calls to one that falls silent, then none, and uses it again once it is back', async () => {
    const { raw, port } = await startRaw(answerCall);
    const [silent, other] = [await startProxy(port), await startRaw(answerCall)];
    const client = clientOf([silent.port, other.port]);
    await until('both are connected', 2_000, async () => (await client.health()) === 'up');
    silent.swallow('everything');
    const call = async (): Promise<boolean> =>
      greet(client, Date.now() + 300).then(
        () => true,
        () => false,
      );
    const storm = async (): Promise<number> => {
      const calls: Promise<boolean>[] = [];
      for (let turn = 0; turn < 100; turn += 1) {
        calls.push(call());
        await sleep(5);
      }
      return (await Promise.all(calls)).filter((served) => !served).length;
    };
    let lost = 0;
    await until('it is left alone', 10_000, async () => {
      lost += await storm();
      return (await client.health()) === 'degraded';
    });
    expect(lost).toBeLessThan(20);
    expect(await storm()).toBe(0);
    await silent.forward();
    const before = raw.heard;
    await until('it is called again', 3_000, async () => (await storm()) === 0 && raw.heard > before);
  });
});

describe('a process that stops', () => {
  it('loses no call when another one serves, and runs no write twice', async () => {
    const [first, second] = [await startHall(), await startHall()];
    const client = clientOf([first.port, second.port]);
    const calling = keepCalling(client);
    for (const server of [first, second]) {
      await sleep(200);
      await server.close();
      await startHall(server.port);
      await until('both are connected', 3_000, async () => (await client.health()) === 'up');
    }
    expect(await calling.stop()).toEqual([]);
    expect(calling.made).toBeGreaterThan(50);
    expect(painted()).toBe(calling.made);
  });

  it('loses no call when it is back in less time than the calls have', async () => {
    const server = await startHall();
    const calling = keepCalling(clientOf([server.port]));
    await sleep(200);
    await server.close();
    await sleep(700);
    await startHall(server.port);
    await sleep(200);
    expect(await calling.stop()).toEqual([]);
    expect(painted()).toBe(calling.made);
  });

  it('is waited for no longer than three seconds', async () => {
    const server = await startHall();
    const client = clientOf([server.port]);
    await greet(client);
    await server.close();
    const lag = new Lag();
    const sinceMs = lag.nowMs;
    expect(
      (await failure(client.call(hall.greet, { name: 'Ada' }, outgoing({ deadlineMs: Date.now() + 9_000 })))).error,
    ).toMatchObject({ code: 'UNAVAILABLE' });
    expect(lag.nowMs - sinceMs).toBeGreaterThan(2_000);
    expect(lag.nowMs - sinceMs).toBeLessThan(3_500);
    lag.stop();
    expect(
      await fastest(5, 150, async () => (await failure(client.call(hall.greet, { name: 'Ada' }, outgoing()))).ms),
    ).toBeLessThan(150);
  });

  it('does not wait for a caller that stays and asks nothing', async () => {
    const server = await startHall();
    const caller = await openCaller(server.port);
    const closing = async (): Promise<number> => {
      const startedAt = performance.now();
      await server.close();
      return performance.now() - startedAt;
    };
    expect(await fastest(1, 2_500, closing)).toBeLessThan(2_500);
    expect(caller.said()).toContain(frame({ notice: 'going away' }));
  });

  it('serves a caller that stays for a second, and then says that it runs nothing more', async () => {
    const server = await startHall();
    const client = clientOf([server.port]);
    await greet(client);
    const slow = client.call(hall.stall, { ms: 2_000 }, outgoing({ deadlineMs: Date.now() + 5_000 })); // keeps it there
    const caller = await openCaller(server.port);
    const closed = server.close();
    await until('it is refused', 3_000, () => {
      caller.socket.write(frame({ id: '2', pattern: hall.greet.pattern, data: {} }));
      return caller.said().includes('STOPPING');
    });
    const said = caller.said();
    expect(said.slice(said.indexOf('going away'), said.indexOf('STOPPING'))).toContain('This is not a call');
    expect(await slow).toMatchObject({ data: 'done' });
    await closed;
  });
});

describe('a call that a stopping process has not run', () => {
  it('is made once more, even if it writes', async () => {
    const stopping = await startRaw((socket, call) => {
      refuseCall(socket, call, 'STOPPING');
    });
    const client = clientOf([stopping.port, (await startHall()).port]);
    await until('both are connected', 2_000, async () => (await client.health()) === 'up');
    for (let call = 1; call <= 10; call += 1) await paint(client);
    expect(painted()).toBe(10);
    expect(stopping.raw.heard).toBeGreaterThan(0);
  });
});
