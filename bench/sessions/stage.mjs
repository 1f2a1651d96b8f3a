import { connect } from '../lib/clients.mjs';
import { startExpress } from './express.mjs';
import { startFastify } from './fastify.mjs';
import { startLarder } from './larder.mjs';

/** One Redis, the three shops on it, ours first, and the way to end them. */
export async function openStage(root) {
  const closing = [];
  const own = (close) => closing.unshift(close);
  const close = async () => {
    for (const end of closing.splice(0)) await end();
  };
  try {
    const { startRedis } = await import(`file://${root}/dist/tools/services/index.js`);
    const server = await startRedis();
    own(() => server.stop());
    const redis = await connect(server, { autoPipelining: false });
    own(() => redis.disconnect());
    const contestants = [];
    for (const start of [startLarder, startExpress, startFastify]) contestants.push(await start({ server, root, own }));
    return { redis, contestants, close };
  } catch (error) {
    await close();
    throw error;
  }
}
