import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fastest, until } from '../../../tools/services/index.js';
import { ask } from './ask.js';
import { run, type Running } from './running.js';
import { ALMONDS } from './stand-ins.js';

const IDLE = 10_000;
const QUOTAS = { MAX_CONNECTIONS: '20000', MAX_CONNECTIONS_PER_ADDRESS: '20000' };
/** Of a head that does not come; it is looked at twice a second. */
const HEAD_TIMEOUT_MS = 5_000;
const BODY_TIMEOUT_MS = 10_000;
const SERVED_WITHIN_MS = 300;
const MAX_BYTES_EACH = 24 * 1_024;
const product = `/v1/products/${ALMONDS}`;

/** Opens connections from 127.0.0.2 that say nothing; prints how many are open, and how many were ever, four times a second. */
const OPENER = `
  const [port, count] = process.argv.slice(1).map(Number);
  let open = 0, opened = 0, left = count;
  const next = () => {
    if (left-- <= 0) return;
    const socket = require('node:net').connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    socket.on('connect', () => { open++; opened++; next(); socket.once('close', () => open--); });
    socket.on('error', () => undefined);
    socket.resume();
  };
  for (let at = 0; at < 50; at++) next();
  setInterval(() => console.log(open + ' ' + opened), 250);
`;

let running: Running;
let opener: ChildProcess | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  opener?.kill('SIGKILL');
  for (const socket of sockets.splice(0)) socket.destroy();
  await running.close();
});

/** Opens many from one address; tells how many are open at the moment, and how many were ever. */
function openMany(count: number): { open: number; opened: number } {
  const told = { open: 0, opened: 0 };
  opener = spawn(process.execPath, ['-e', OPENER, String(running.gateway.port), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opener.stdout?.on('data', (chunk: Buffer) => {
    const [open, opened] = (chunk.toString().trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    Object.assign(told, { open, opened });
  });
  return told;
}

/** How long an honest client waits for an answer, in milliseconds. */
const served = (): Promise<number> =>
  fastest(3, SERVED_WITHIN_MS, async () => {
    const beganMs = performance.now();
    expect((await ask(running.gateway.port, { path: product })).status).toBe(200);
    return performance.now() - beganMs;
  });

it('serves others while 10,000 connections say nothing, in little memory, and cuts them', async () => {
  running = await run(undefined, QUOTAS);
  await served();
  const before = process.memoryUsage().rss;
  const idle = openMany(IDLE);
  await until('thousands are open', 30_000, () => idle.open > IDLE / 4);
  expect((process.memoryUsage().rss - before) / idle.open).toBeLessThan(MAX_BYTES_EACH);
  expect(await served()).toBeLessThan(SERVED_WITHIN_MS);
  await until('all were opened', 30_000, () => idle.opened === IDLE);
  await until('all are gone', HEAD_TIMEOUT_MS + 10_000, () => idle.open === 0);
  expect(await served()).toBeLessThan(SERVED_WITHIN_MS);
}, 90_000);

it('holds no more connections of one address than it may, and closes others at once', async () => {
  running = await run(undefined, { MAX_CONNECTIONS_PER_ADDRESS: '100' });
  const idle = openMany(1_000);
  const refused = async (): Promise<number> => {
    const { text } = await ask(running.gateway.opsPort, { path: '/metrics' });
    return Number(/larder_http_connections_refused_total\{limit="address"\} (\d+)/.exec(text)?.[1]);
  };
  await until('900 are refused', 5_000, async () => (await refused()) === 900);
  expect(await served()).toBeLessThan(SERVED_WITHIN_MS);
  await until('the others are left', 2_000, () => idle.open === 100);
});

it('holds no more connections than it may in all', async () => {
  running = await run(undefined, { MAX_CONNECTIONS: '50' });
  openMany(100);
  await until('50 are refused', 5_000, async () => {
    const { text } = await ask(running.gateway.opsPort, { path: '/metrics' });
    return /larder_http_connections_refused_total\{limit="all"\} (\d+)/.exec(text)?.[1] === '50';
  });
});

it('cuts slow heads and slow bodies in time, with an answer, and clients that do not read theirs', async () => {
  running = await run(200);
  const deaf = await opened();
  deaf.pause();
  deaf.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200)); // more than the buffers in between hold
  const fields = 'Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n';
  const begun = `POST /v1/auth/login HTTP/1.1\r\n${fields}{"`;
  const [head, body, stalled] = await Promise.all([
    drip('GET /v1/cart HTTP/1.1\r\nX-Slow: '),
    drip(begun),
    drip(begun, ''),
  ]);
  expect([head, body, stalled].map(({ answer }) => answer)).toEqual(Array(3).fill('HTTP/1.1 408'));
  expect(head.afterMs).toBeLessThan(HEAD_TIMEOUT_MS + 3_000);
  expect(body.afterMs).toBeLessThan(BODY_TIMEOUT_MS + 3_000);
  await until('the deaf one is cut', 30_000, async () => {
    const { text } = await ask(running.gateway.opsPort, { path: '/metrics' });
    return /_count\{route="\/openapi.json",method="GET",status="499"\} [1-9]/.test(text);
  });
});

it('takes what time a body needs to arrive from nobody else', async () => {
  running = await run(500);
  const body = JSON.stringify({ email: 'ada@example.com', password: 'right' });
  const socket = await opened();
  const length = `Content-Length: ${body.length}`;
  socket.write(
    `POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${length}\r\n\r\n{`,
  );
  await pause(1_000);
  socket.write(body.slice(1));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString().slice(0, 12)).toBe('HTTP/1.1 200');
});

async function opened(): Promise<Socket> {
  const socket = connect(running.gateway.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Sends the beginning of a request, and then so little that it is never silent and never done; with '' nothing. */
async function drip(beginning: string, more = 'x'): Promise<{ answer: string; afterMs: number }> {
  const socket = await opened();
  const beganMs = performance.now();
  socket.write(beginning);
  const timer = setInterval(() => socket.write(more), 500);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  clearInterval(timer);
  return { answer: text.slice(0, 12), afterMs: performance.now() - beganMs };
}
