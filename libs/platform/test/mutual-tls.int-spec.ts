import { appendFileSync } from 'node:fs';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { connect as connectTcp, type Socket } from 'node:net';
import { once } from 'node:events';
import {
  createLogger,
  RpcClient,
  serviceTls,
  startRpcServer,
  type OutgoingCall,
  type RpcClientOptions,
  type RunningRpcServer,
} from '@larder/platform';
import { until } from '../../../tools/services/index.js';
import { Issuer, type IssuedFiles } from './credentials.js';
import { CLERK_KEY, hall, HallModule, KEY } from './hall.js';
import { frame, passport, RawServer } from './wire.js';

const host = '127.0.0.1';
const lines: string[] = [];
const logger = createLogger('hall', 'debug', { write: (line) => void lines.push(line) });
const cleanups: (() => unknown)[] = [];
const issuer = new Issuer();

async function startHall(files: IssuedFiles): Promise<RunningRpcServer> {
  const server = await startRpcServer(HallModule, { host, port: 0, logger, tls: serviceTls('hall', files, [])! });
  cleanups.push(() => server.close());
  return server;
}

function clientOf(port: number, files: IssuedFiles, more: Partial<RpcClientOptions> = {}): RpcClient {
  const service = more.service ?? 'door';
  const tls = serviceTls(service, files, [])!.toward('hall');
  const client = new RpcClient({ service, upstream: 'hall', addresses: [{ host, port }], key: KEY, tls, ...more });
  cleanups.push(() => {
    client.close();
  });
  return client;
}

function outgoing(): OutgoingCall {
  return { requestId: 'r-1', principal: null, deadlineMs: Date.now() + 5_000 };
}

/** What the hall answers to a name, or the code and the reason of the refusal. */
async function greeting(client: RpcClient): Promise<unknown> {
  try {
    return (await client.call(hall.greet, { name: 'Ada' }, outgoing())).data;
  } catch (error) {
    const { code, detail } = error as { code: string; detail: string };
    return `${code}: ${detail}`;
  }
}

/** A call as the door makes it, with a genuine passport. */
function genuineCall(): string {
  const nowMs = Date.now();
  const claims = { issuer: 'door', audience: 'hall', pattern: 'hall.greet', subject: null, roles: [], session: null };
  const passed = passport(KEY, { ...claims, issued: nowMs, expiry: nowMs + 60_000 });
  const data = { meta: { requestId: 'r-9', deadlineMs: 5_000, passport: passed }, data: { name: 'Eve' } };
  return frame({ pattern: 'hall.greet', id: '1', data });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) =>
    socket.once('close', () => {
      resolve();
    }),
  );
}

/** Sends a genuine call once `ready`, and resolves when the peer has ended the connection, to all that it said. */
async function callUntilCut(socket: Socket, ready: string): Promise<string> {
  let said = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    said += chunk.toString();
    socket.destroy(); // an answer is a failure; there is no need to wait for more
  });
  socket.once(ready, () => socket.write(genuineCall()));
  await closed(socket);
  return said;
}

/** Says `bytes` over and over, one at a time, until the peer has ended the connection. */
async function murmur(socket: Socket, bytes: Buffer): Promise<void> {
  let said = 0;
  const talking = setInterval(() => {
    if (bytes.length > 0) socket.write(bytes.subarray(said % bytes.length, (said++ % bytes.length) + 1));
  }, 50);
  socket.on('error', () => undefined).resume();
  await closed(socket);
  clearInterval(talking);
}

function overTls(port: number, options: ConnectionOptions): TLSSocket {
  return connectTls({ host, port, servername: 'hall', rejectUnauthorized: false, ...options });
}

function isRefusedFor(reason: string): boolean {
  return lines.some((line) => line.includes('a connection was refused') && line.includes(reason));
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  lines.length = 0;
});

afterAll(() => {
  issuer.remove();
});

describe('a service with certificates', () => {
  let files: IssuedFiles;
  let server: RunningRpcServer;

  beforeEach(async () => {
    files = await issuer.issue('door');
    server = await startHall(await issuer.issue('hall'));
  });

  /** The service is as it was before. */
  afterEach(async () => {
    expect(await greeting(clientOf(server.port, files))).toBe('Hello Ada');
  });

  it('answers its callers, each under its own name', async () => {
    const clerk = clientOf(server.port, await issuer.issue('clerk'), { service: 'clerk', key: CLERK_KEY });
    expect((await clerk.call(hall.count, {}, outgoing())).data).toBe('counted');
    const names = Array.from({ length: 50 }, (_, n) => `guest ${n}`);
    const client = clientOf(server.port, files);
    const answers = await Promise.all(names.map((name) => client.call(hall.greet, { name }, outgoing())));
    expect(answers.map(({ data }) => data)).toEqual(names.map((name) => `Hello ${name}`));
  });

  it('answers a stranger in the clear nothing, whatever the passport', async () => {
    expect(await callUntilCut(connectTcp(server.port, host), 'connect')).toBe('');
    expect(isRefusedFor('127.0.0.1')).toBe(true);
  });

  it('answers one without a certificate nothing', async () => {
    expect(await callUntilCut(overTls(server.port, {}), 'secureConnect')).toBe('');
    await until('it is logged', 5_000, () => isRefusedFor('peer did not return a certificate'));
  });

  it('answers one with the certificate of another authority nothing', async () => {
    const other = new Issuer();
    const { ca, certificate: cert, key } = await other.pems(['door']);
    other.remove();
    expect(await callUntilCut(overTls(server.port, { ca, cert, key }), 'secureConnect')).toBe('');
    await until('it is logged', 5_000, () => isRefusedFor('SELF_SIGNED_CERT_IN_CHAIN'));
  });

  it('answers one whose certificate has expired nothing', async () => {
    const past = { notBefore: new Date(Date.now() - 2_000_000), notAfter: new Date(Date.now() - 1_000_000) };
    const { ca, certificate: cert, key } = await issuer.pems(['door'], past);
    expect(await callUntilCut(overTls(server.port, { ca, cert, key }), 'secureConnect')).toBe('');
    await until('it is logged', 5_000, () => isRefusedFor('CERT_HAS_EXPIRED'));
  });

  it.each(['hall', 'porter', '*', 'door.example', '*oor'])(
    'answers one whose certificate is for %s nothing',
    async (name) => {
      const { ca, certificate: cert, key } = await issuer.pems([name]);
      expect(await callUntilCut(overTls(server.port, { ca, cert, key }), 'secureConnect')).toBe('');
      await until('it is logged', 5_000, () => isRefusedFor('names no caller'));
    },
  );

  it('speaks no older TLS', async () => {
    const { ca, certificate: cert, key } = await issuer.pems(['door']);
    const options: ConnectionOptions = { ca, cert, key, maxVersion: 'TLSv1.2' };
    expect(await callUntilCut(overTls(server.port, options), 'secureConnect')).toBe('');
  });

  it('does not take the passport of one service under the certificate of another', async () => {
    const clerksFiles = await issuer.issue('clerk');
    const forged = clientOf(server.port, files, { tls: serviceTls('clerk', clerksFiles, [])!.toward('hall') });
    expect(await greeting(forged)).toMatch(/^INTERNAL: It refuses our passport/);
    expect(lines.some((line) => line.includes('under another certificate'))).toBe(true);
  });

  it('is rid of those that say nothing, say zeros, or begin a handshake and go on byte by byte', async () => {
    const words = [Buffer.alloc(0), Buffer.alloc(1), Buffer.from('16030100ff010000fb0303', 'hex')];
    await Promise.all(words.map((bytes) => murmur(connectTcp(server.port, host), bytes)));
    expect(lines.filter((line) => line.includes('a connection was refused'))).toHaveLength(words.length);
  });

  it('resumes no session, which would not be asked for a certificate again', async () => {
    const { ca, certificate: cert, key } = await issuer.pems(['door']);
    const first = overTls(server.port, { ca, cert, key });
    let session: Buffer | undefined;
    first.on('session', (told) => (session = told));
    first.once('secureConnect', () => first.write(genuineCall()));
    await once(first, 'data');
    first.destroy();
    const second = overTls(server.port, { ca, cert, key, ...(session && { session }) });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });
});

describe('a caller with certificates', () => {
  it('tells a service under another name nothing, and says so', async () => {
    const { port } = await startHall(await issuer.issue('hall', ['hall', 'cellar']));
    const files = await issuer.issue('door');
    const lost = clientOf(port, files, { tls: serviceTls('door', files, [])!.toward('attic') });
    expect(await greeting(lost)).toBe('UNAVAILABLE: It cannot answer now (unreachable)');
    expect(lines.filter((line) => line.includes('for DNS:hall, DNS:cellar, not for attic'))).toHaveLength(1);
    expect(lines.some((line) => line.includes('hall.greet'))).toBe(false);
  });

  it('tells a service of another authority nothing', async () => {
    const other = new Issuer();
    cleanups.push(() => {
      other.remove();
    });
    const { port } = await startHall(await other.issue('hall'));
    expect(await greeting(clientOf(port, await issuer.issue('door')))).toContain('unreachable');
    expect(lines.some((line) => line.includes('no TLS with an upstream'))).toBe(true);
  });

  it('tells one that speaks in the clear nothing', async () => {
    let heard = '';
    const raw = new RawServer((socket, chunk) => {
      heard += chunk.toString('latin1');
      socket.write(frame({ id: '1', response: { data: 'Hello Ada' }, isDisposed: true }));
    });
    cleanups.push(() => {
      raw.close();
    });
    const client = clientOf(await raw.listen(), await issuer.issue('door'));
    expect(await greeting(client)).toContain('unreachable');
    expect(heard.length).toBeGreaterThan(0);
    expect(heard).not.toContain('greet');
  });

  it('does not wait for one that is silent, nor for one that is not there', async () => {
    const raw = new RawServer(() => undefined);
    cleanups.push(() => {
      raw.close();
    });
    const port = await raw.listen();
    const files = await issuer.issue('door');
    expect(await greeting(clientOf(port, files))).toContain('unreachable');
    raw.close();
    expect(await greeting(clientOf(port, files))).toContain('unreachable');
  });
});

describe('renewed certificates', () => {
  const changing = new Issuer();

  afterAll(() => {
    changing.remove();
  });

  it('are used by the next connection, without a restart and without a failed call', async () => {
    const doorsFiles = await changing.issue('door');
    const { port } = await startHall(await changing.issue('hall'));
    const standing = clientOf(port, doorsFiles);
    expect(await greeting(standing)).toBe('Hello Ada');
    const { ca, certificate: cert, key } = await changing.pems(['door']);

    changing.replaceAuthority();
    await changing.issue('hall');
    await changing.issue('door');
    expect(await greeting(standing)).toBe('Hello Ada');
    expect(await greeting(clientOf(port, doorsFiles))).toBe('Hello Ada');
    expect(lines.filter((line) => line.includes('certificates taken over'))).toHaveLength(1);
    expect(await callUntilCut(overTls(port, { ca, cert, key }), 'secureConnect')).toBe('');
  });

  it('are used by a caller that has lost its connection', async () => {
    const doorsFiles = await changing.issue('door');
    const hallsFiles = await changing.issue('hall');
    const first = await startHall(hallsFiles);
    const client = clientOf(first.port, doorsFiles);
    expect(await greeting(client)).toBe('Hello Ada');
    await first.close();
    changing.replaceAuthority();
    await changing.issue('hall');
    await changing.issue('door');
    const again = await startRpcServer(HallModule, {
      ...{ host, port: first.port, logger, tls: serviceTls('hall', hallsFiles, [])! },
    });
    cleanups.push(() => again.close());
    await until('a call is answered', 10_000, async () => (await greeting(client)) === 'Hello Ada');
  });

  it('are left alone while they do not fit', async () => {
    const doorsFiles = await changing.issue('door');
    const hallsFiles = await changing.issue('hall');
    const { port } = await startHall(hallsFiles);
    appendFileSync(hallsFiles.SERVICE_TLS_KEY_FILE, 'half a file');
    expect(await greeting(clientOf(port, doorsFiles))).toBe('Hello Ada');
    await changing.issue('hall', ['cellar']);
    expect(await greeting(clientOf(port, doorsFiles))).toBe('Hello Ada');
    expect(lines.filter((line) => line.includes('does not name this service, hall'))).toHaveLength(1);
  });
});
