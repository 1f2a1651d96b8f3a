import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const DRIP_MS = 250;

/** Connections on which nothing is asked. */
export async function openIdle(port: number, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

/** Sends `beginning`, then `more` again and again for as long as somebody listens; answers all that came back. */
export async function drip(port: number, beginning: string, more: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  let said = '';
  socket.on('data', (chunk) => (said += chunk.toString()));
  socket.write(beginning);
  const closed = once(socket, 'close');
  while (!socket.closed) {
    await Promise.race([closed, sleep(DRIP_MS)]);
    if (socket.writable) socket.write(more);
  }
  return said;
}

const POST = 'POST /v1/cart/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

/** What takes for ever to arrive: whose port it is written to, and how it begins. */
export const SLOW: readonly (readonly [
  name: string,
  to: 'gateway' | 'auth' | 'catalog',
  beginning: string,
  more: string,
])[] = [
  ['a request line', 'gateway', 'GET /v1/pro', 'x'],
  ['header fields', 'gateway', 'GET /v1/cart HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', 'x'],
  ['a body', 'gateway', `${POST}Content-Length: 60000\r\n\r\n{`, 'x'],
  ['a body in pieces', 'gateway', `${POST}Transfer-Encoding: chunked\r\n\r\n2000\r\n{`, 'x'],
  ['half a frame for auth', 'auth', '1000#{"id":"', ''],
  ['a frame of 2 GiB for the catalog', 'catalog', `${2 ** 31}#{"id":"`, ''],
];
