import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { quantile } from '../lib/statistics.mjs';
import { wallMs } from './wall-clock.mjs';

const PER_SECOND = 100;
const AIM = 1.5;
const SETTLE_MS = 300;
const KEY = 'a key for the bench that is long enough, of course';

/** The text of the row: commit to key gone, through the outbox and raw, in turns. */
export async function latencyRow(stage, { rounds, writes }) {
  const observed = await observe(stage);
  await startInvalidator(stage);
  await child(stage, 'raw-consumer.mjs');
  const ways = { raw: await child(stage, 'raw-writer.mjs'), larder: await child(stage, 'relay-writer.mjs') };
  const delays = { raw: [], larder: [] };
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, writer] of Object.entries(ways)) {
      observed.splice(0);
      const commits = await run(writer, writes);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      if (round >= 0) delays[name].push(...delaysOf(commits, observed)); // the first round warms up
    }
  }
  return textOf(delays);
}

/** Every key that a store says is invalidated, with the time. */
async function observe({ redis, own }) {
  const observed = [];
  const subscriber = new Redis(redis.url);
  own(subscriber, () => subscriber.disconnect());
  await subscriber.subscribe('catalog_service:invalidated');
  subscriber.on('message', (_channel, key) => observed.push({ key, at: wallMs() }));
  return observed;
}

async function startInvalidator({ dist, dir, rabbitUrl, redis, own }) {
  const { freePort, ServerProcess } = await import(`file://${dist}/tools/services/index.js`);
  const invalidator = await ServerProcess.start({
    name: 'invalidator',
    command: process.execPath,
    args: [`${dist}/apps/invalidator/src/main.js`],
    env: {
      ...{ PATH: process.env.PATH, RABBITMQ_URL: rabbitUrl, REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) },
      ...{ OPS_PORT: String(await freePort()), SERVICE_KEY_INVALIDATOR_CATALOG: KEY },
    },
    logFile: `${dir}/invalidator.log`,
    readyText: 'successfully started',
    readyTimeoutMs: 30_000,
    stopSignal: 'SIGTERM',
  });
  own(invalidator, () => invalidator.dispose());
}

/** A process that says `ready`, ended with the stage. */
async function child({ dist, databaseUrl, rabbitUrl, redis, ids, own }, file) {
  const settings = { dist, databaseUrl, rabbitUrl, redis: { host: redis.host, port: redis.port }, ids };
  const process_ = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)]);
  own(process_, async () => {
    const gone = process_.exitCode === null && process_.signalCode === null ? once(process_, 'exit') : null;
    process_.kill('SIGTERM');
    await gone;
  });
  const [said] = await Promise.race([once(process_, 'message'), once(process_, 'exit')]);
  if (said !== 'ready') throw new Error(`${file} ended before it was ready`);
  return process_;
}

async function run(writer, writes) {
  writer.send({ writes, perSecond: PER_SECOND });
  const [commits] = await once(writer, 'message');
  return commits;
}

/** From each commit to the first time that its key was said to be gone. A key is written again only after seconds. */
function delaysOf(commits, observed) {
  return commits.map(({ id, at }) => {
    const gone = observed.find(({ key, at: goneAt }) => key.endsWith(`:product:${id}`) && goneAt > at - 50);
    if (gone === undefined) throw new Error(`Nobody invalidated ${id}`);
    return gone.at - at;
  });
}

function textOf({ raw, larder }) {
  const lines = [0.5, 0.99].map((share) => {
    const [limit, ours] = [quantile(raw, share), quantile(larder, share)];
    const verdict = ours <= AIM * limit ? 'met' : 'not met';
    const name = `p${share * 100}`.padEnd(5);
    return `  ${name}${limit.toFixed(2).padStart(8)} ms raw ${ours.toFixed(2).padStart(8)} ms larder   ${(ours / limit).toFixed(2)} times (at most ${AIM}): ${verdict}`;
  });
  return [`commit to key gone, ${PER_SECOND} writes/s, quorum queue, ${larder.length} writes each`, '', ...lines].join(
    '\n',
  );
}
