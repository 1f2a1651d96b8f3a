import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultName } from './faults.js';
import type { PlannedFault } from './schedule.js';
import { leaderOf, type Laboratory } from './servers/laboratory.js';

/** A fault as it happened, in milliseconds since the row began. */
export type InjectedFault = PlannedFault;

/** Breaks something, and answers what mends it. */
type Break = (lab: Laboratory) => Promise<() => Promise<void>>;

const BREAKS: Readonly<Record<FaultName, Break>> = {
  'redis-stop': async ({ redis }) => {
    await redis.pause();
    return () => redis.resume();
  },
  'redis-kill': async ({ redis }) => {
    await redis.kill();
    return () => redis.restartEmpty();
  },
  'redis-cut': async ({ redis: { proxy } }) => {
    await proxy.refuse();
    return () => proxy.forward();
  },
  'redis-black-hole': async ({ redis: { proxy } }) => {
    proxy.swallow('answers');
    return () => proxy.forward();
  },
  'memory-pressure': async ({ redis }) => {
    await redis.starve();
    return () => redis.relax();
  },
  promotion: async (lab) => {
    await lab.redis.detach();
    return () => promote(lab);
  },
  'relay-stop': async (lab) => {
    const relay = await relayOf(lab);
    await relay.pause();
    return () => relay.resume();
  },
  'relay-kill': async (lab) => {
    const relay = await relayOf(lab);
    await relay.kill();
    return () => startAgain(relay);
  },
  'broker-stop': async ({ rabbit }) => {
    await rabbit.pause();
    return () => rabbit.resume();
  },
  'broker-cut': async ({ rabbitProxy }) => {
    await rabbitProxy.refuse();
    return () => rabbitProxy.forward();
  },
  'broker-kill': async ({ rabbit }) => {
    await rabbit.kill();
    return () => rabbit.restart();
  },
  'invalidator-stop': async ({ invalidator }) => {
    await invalidator.pause();
    return () => invalidator.resume();
  },
  'invalidator-kill': async ({ invalidator }) => {
    await invalidator.kill();
    return () => startAgain(invalidator);
  },
};

/** The key that holds the number of the last batch of changes that this Redis knows of. */
const CHAIN_KEY = 'catalog_service:chain';

/**
 * The process that sent the lost events dies with the old master; else it would send them once more of itself, and the
 * chain would have nothing to find.
 */
async function promote(lab: Laboratory): Promise<void> {
  const { redis, invalidator } = lab;
  await invalidator.kill();
  if (!lab.chainCheck) await redis.copyToReplica(CHAIN_KEY);
  redis.promote();
  await Promise.all([redis.follow(), startAgain(invalidator)]);
}

async function relayOf(lab: Laboratory): Promise<Laboratory['catalogs'][number]> {
  const index = (await leaderOf(lab)) ?? 0;
  return lab.catalogs[index] as Laboratory['catalogs'][number];
}

/** Another fault may have started it already. */
async function startAgain(app: Laboratory['invalidator']): Promise<void> {
  if (app.pid === -1) await app.start();
}

/**
 * Injects the faults of a schedule. Resolves with them when all is mended again, and everything that was killed is back, which
 * may be later than planned.
 *
 * @param sinceStartMs the time of the row
 */
export async function injectAll(
  lab: Laboratory,
  planned: readonly PlannedFault[],
  sinceStartMs: () => number,
  signal: AbortSignal,
): Promise<InjectedFault[]> {
  const wait = (untilMs: number): Promise<unknown> =>
    sleep(Math.max(0, untilMs - sinceStartMs()), undefined, { signal }).catch(() => undefined);
  return Promise.all(
    planned.map(async ({ fault, fromMs, toMs }) => {
      await wait(fromMs);
      const began = sinceStartMs();
      const mend = await BREAKS[fault](lab);
      await wait(toMs);
      await mend();
      return { fault, fromMs: began, toMs: sinceStartMs() };
    }),
  );
}
