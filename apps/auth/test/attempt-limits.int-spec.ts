import { connectRedis } from '@larder/cache';
import { startRedisCluster } from '../../../tools/services/index.js';
import { AttemptLimits } from '../src/accounts/attempt-limits.js';
import { TooManyAttempts } from '../src/accounts/domain/account-errors.js';

it('counts attempts on a Cluster, and takes them back', async () => {
  const cluster = await startRedisCluster();
  const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const redis = connectRedis({ cluster: nodes, commandTimeoutMs: 2_000 }, () => undefined);
  try {
    await redis.connect();
    const limits = new AttemptLimits(redis);
    const from = (email: string, address: string, device: string | null = null) => ({ email, address, device });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await (await limits.countSignIn(from('right@example.com', '192.0.2.1'))).takeBack();
    }
    const wrong = from('wrong@example.com', '192.0.2.1');
    for (let attempt = 0; attempt < 10; attempt += 1) await limits.countSignIn(wrong);
    await expect(limits.countSignIn(wrong)).rejects.toThrow(TooManyAttempts);
    await limits.countSignIn({ ...wrong, address: '192.0.2.2' });
    await limits.countSignIn({ ...wrong, device: 'a phone' });
  } finally {
    redis.disconnect();
    await cluster.stop();
  }
}, 60_000);
