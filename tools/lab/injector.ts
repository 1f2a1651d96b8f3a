import { setTimeout as sleep } from 'node:timers/promises';
import { until, type ServerProcess } from '../services/index.js';
import { FAULTS, type FaultName, type Lane } from './faults.js';
import type { PlannedFault } from './schedule.js';
import { leaderOf, type Laboratory } from './servers/laboratory.js';

/** A fault as it happened, in milliseconds since the row began. */
export type InjectedFault = PlannedFault;

/** Breaks something, and answers what mends it. Work that goes on after that, such as the start of a service, is left to `later`. */
type Break = (lab: Laboratory, later: (work: Promise<void>) => void) => Promise<() => Promise<void>>;

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
  promotion: async (lab, later) => {
    await lab.redis.detach();
    return () => promote(lab, later);
  },
  'relay-stop': async (lab) => {
    const relay = await relayOf(lab);
    await relay.pause();
    return () => relay.resume();
  },
  'relay-kill': async (lab, later) => {
    const relay = await relayOf(lab);
    await relay.kill();
    return async () => {
      later(startAgain(relay));
    };
  },
  'broker-stop': async ({ rabbit }) => {
    await rabbit.pause();
    return () => rabbit.resume();
  },
  'broker-cut': async ({ rabbitProxy }) => {
    await rabbitProxy.refuse();
    return () => rabbitProxy.forward();
  },
  'broker-kill': async ({ rabbit }, later) => {
    await rabbit.kill();
    return async () => {
      later(rabbit.restart());
    };
  },
  'invalidator-stop': async ({ invalidator }) => {
    await invalidator.pause();
    return () => invalidator.resume();
  },
  'invalidator-kill': async ({ invalidator }, later) => {
    await invalidator.kill();
    return async () => {
      later(startAgain(invalidator));
    };
  },
};

/** The key that holds the number of the last batch of changes that this Redis knows of. */
export const CHAIN_KEY = 'catalog_service:chain';

/**
 * The process that sent the lost events dies with the old master; else it would send them once more of itself, and the
 * chain would have nothing to find.
 */
async function promote(lab: Laboratory, later: (work: Promise<void>) => void): Promise<void> {
  const { redis, invalidator } = lab;
  await invalidator.kill();
  if (!lab.chainCheck) await redis.copyToReplica(CHAIN_KEY);
  redis.promote();
  later(startAgain(invalidator));
  await redis.follow();
}

/** The catalog that publishes events; between two of them, the first. */
export async function relayOf(lab: Laboratory): Promise<ServerProcess> {
  const index = (await leaderOf(lab)) ?? 0;
  return lab.catalogs[index] as ServerProcess;
}

const STARTED_WITHIN_MS = 120_000;

/** One start at a time: of two the first would be forgotten, and outlive the run. */
const starting = new WeakMap<ServerProcess, Promise<void>>();

/** As a supervisor does: starts it if it is down, and once more if it ends because something that it needs is away. */
export function startAgain(app: ServerProcess): Promise<void> {
  const known = starting.get(app);
  if (known) return known;
  const started = until('a service is started again', STARTED_WITHIN_MS, async () => {
    if (app.pid === -1) await app.start();
  }).finally(() => starting.delete(app));
  starting.set(app, started);
  return started;
}

export interface Injection {
  readonly planned: readonly PlannedFault[];
  /** The time of the row. */
  readonly sinceStartMs: () => number;
  /** What has not begun by then does not begin any more. */
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

/**
 * Injects the faults of a schedule, and resolves with them when all is mended again and everything that was killed is back.
 * A fault waits until the one before it in its lane is mended.
 *
 * @throws {Error} if something cannot be broken, mended or started again
 */
export async function injectAll(lab: Laboratory, injection: Injection): Promise<InjectedFault[]> {
  const restarts: Promise<void>[] = [];
  const later = (work: Promise<void>): void => {
    work.catch(() => undefined); // it is looked at below
    restarts.push(work);
  };
  const lanes = (['store', 'path'] satisfies Lane[]).map((lane) =>
    injectLane(
      lab,
      { ...injection, planned: injection.planned.filter(({ fault }) => FAULTS[fault].lane === lane) },
      later,
    ),
  );
  await Promise.allSettled(lanes);
  await Promise.allSettled(restarts);
  await Promise.all(restarts);
  return (await Promise.all(lanes)).flat().sort((one, other) => one.fromMs - other.fromMs);
}

async function injectLane(
  lab: Laboratory,
  { planned, sinceStartMs, durationMs, signal }: Injection,
  later: (work: Promise<void>) => void,
): Promise<InjectedFault[]> {
  const wait = (untilMs: number): Promise<unknown> =>
    sleep(Math.max(0, untilMs - sinceStartMs()), undefined, { signal }).catch(() => undefined);
  const injected: InjectedFault[] = [];
  for (const { fault, fromMs, toMs } of planned) {
    await wait(fromMs);
    const beganMs = sinceStartMs();
    if (beganMs >= durationMs || signal.aborted) break;
    const mend = await BREAKS[fault](lab, later);
    await wait(Math.max(toMs, beganMs + (toMs - fromMs) / 2));
    await mend();
    injected.push({ fault, fromMs: beganMs, toMs: sinceStartMs() });
  }
  return injected;
}
