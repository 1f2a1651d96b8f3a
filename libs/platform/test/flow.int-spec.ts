import { connect } from 'node:net';
import { createLogger, RpcClient, startRpcServer, type RunningRpcServer } from '@larder/platform';
import { until } from '../../../tools/services/index.js';
import { outgoing } from './calls.js';
import { hall, HallModule, KEY } from './hall.js';
import { frame, shout } from './wire.js';

const host = '127.0.0.1';
const logger = createLogger('hall', 'silent');
let server: RunningRpcServer;
let client: RpcClient;

beforeAll(async () => {
  server = await startRpcServer(HallModule, { host, port: 0, logger });
  client = new RpcClient({ service: 'door', upstream: 'hall', addresses: [{ host, port: server.port }], key: KEY });
});
afterAll(async () => {
  client.close();
  await server.close();
});

describe('a connection', () => {
  it('survives many long answers at once, and so does what else is on it', async () => {
    const chars = 500_000;
    const context = outgoing({ deadlineMs: Date.now() + 30_000 });
    const long = Array.from({ length: 100 }, () => client.call(hall.fill, { chars }, context));
    const change = client.call(hall.change, {}, context);
    const lengths = (await Promise.all(long)).map(({ data }) => data.length);
    expect(lengths).toEqual(Array.from({ length: 100 }, () => chars));
    expect((await change).freshness).toBe('pending');
  });

  it('begins no call whose time went by while it waited', async () => {
    const call = (id: string, deadlineMs: number): string =>
      frame({ id, pattern: hall.change.pattern, data: { meta: { deadlineMs } } });
    const crowd = frame({ id: 'crowd', pattern: 'x' }).repeat(16); // as many as are begun in one turn
    const { said } = await shout(server.port, crowd + call('late', 0.001) + call('early', 5_000));
    expect(said).toMatch(/"id":"late","err":\{"code":"UNAVAILABLE"/);
    expect(said).toMatch(/"code":"BAD_INPUT"[^#]*"id":"early"/);
  });

  it('reads no more from a peer than it answers, and goes on once the peer takes the answers', async () => {
    const peer = connect({ port: server.port, host });
    peer.on('error', () => undefined);
    peer.pause();
    const call = frame({ id: '1', pattern: 'x' });
    const sent = 400_000;
    for (let count = 0; count < sent / 1_000; count++) peer.write(call.repeat(1_000));
    let before = -1;
    await until('the server reads no more', 10_000, () => {
      const left = peer.writableLength;
      const stands = left === before;
      before = left;
      expect([left > 0, stands]).toEqual([true, true]);
    });
    let answered = 0;
    peer.on('data', (chunk: Buffer) => (answered += chunk.toString().split('"id":"1"').length - 1)).resume();
    await until('all are answered', 30_000, () => {
      expect(answered).toBeGreaterThan(sent * 0.99); // one that is cut between two chunks is not counted
    });
    peer.destroy();
    expect((await client.call(hall.greet, { name: 'Ada' }, outgoing())).data).toBe('Hello Ada');
  }, 60_000);
});
