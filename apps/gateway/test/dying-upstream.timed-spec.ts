import type { Socket } from 'node:net';
import { CallServer, refuseCall, type Heard } from '../../../libs/platform/test/call-server.js';
import { figures } from '../../../test/support/figures.js';
import { Lag } from '../../../tools/services/index.js';
import { ask } from './ask.js';
import { run, type Running } from './running.js';

const TIMEOUT_MS = 400;
/** For the gateway's own work on an answer, on a machine with other things to do. */
const MARGIN_MS = 200;
const REQUESTS = 400;
const MAX_AMPLIFICATION = 1.25;

type OnCall = (socket: Socket, call: Heard) => void;

const refuse: OnCall = (socket, call) => {
  refuseCall(socket, call, 'UNAVAILABLE');
};
const stop: OnCall = (socket, call) => {
  refuseCall(socket, call, 'STOPPING');
};
const reset: OnCall = (socket) => socket.resetAndDestroy();

/** How an upstream dies: what it does with its calls, in turns; and how many requests there are at once. */
const DEATHS: readonly (readonly [name: string, atOnce: number, turns: readonly OnCall[]])[] = [
  ['refuses every call', 20, [refuse]],
  ['resets the connection of every other call', 1, [reset, refuse]],
  ['resets the connection of every call', 20, [reset]],
  ['says of every call that it is stopping', 20, [stop]],
  ['is silent', 20, [() => undefined]],
];

let running: Running;
let catalog: CallServer;
afterEach(async () => {
  await running.close();
  catalog.close();
});

/** Asks for lists, no two of them alike, so that each is a call; resolves with the longest wait. */
async function askAll(atOnce: number): Promise<number> {
  let [next, longestMs] = [0, 0];
  const asker = async (): Promise<void> => {
    while (next < REQUESTS) {
      const path = `/v1/search?q=nuts${(next += 1)}`;
      const lag = new Lag();
      const startedMs = performance.now();
      const { status, headers, text } = await ask(running.gateway.port, { path });
      longestMs = Math.max(longestMs, performance.now() - startedMs - lag.totalMs);
      lag.stop();
      expect([status, headers['content-type']]).toEqual([503, 'application/problem+json; charset=utf-8']);
      expect(text).toContain('"type":"/docs#unavailable"');
      expect(headers['retry-after']).toBe('1');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, asker));
  return longestMs;
}

it.each(DEATHS)(
  'a catalog that %s is not asked much more than it would be, nor waited for',
  async (_, atOnce, turns) => {
    let turn = 0;
    catalog = new CallServer((socket, call) => {
      turns[turn++ % turns.length]!(socket, call);
    });
    running = await run(TIMEOUT_MS, { CATALOG_ADDRESSES: `127.0.0.1:${await catalog.listen()}` });
    const longestMs = await askAll(atOnce);
    const amplification = catalog.heard / REQUESTS;
    figures('a dying upstream', { requests: REQUESTS, calls: catalog.heard, 'longest ms': longestMs });
    expect(catalog.heard).toBeGreaterThan(0);
    expect(amplification).toBeLessThanOrEqual(MAX_AMPLIFICATION);
    expect(longestMs).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
  },
);
