import { setTimeout as sleep } from 'node:timers/promises';
import { relayOf, startAgain } from '../injector.js';
import { randomOf } from '../random.js';
import type { Laboratory } from '../servers/laboratory.js';

/** What is killed. `relay` is the catalog that publishes events at that moment, `catalog` the other one. */
export const VICTIMS = ['relay', 'catalog', 'invalidator', 'rabbit', 'redis'] as const;

export type Victim = (typeof VICTIMS)[number];

export interface KillPlan {
  readonly kills: number;
  readonly seed: number;
  readonly onKill: (killed: number) => void;
  readonly signal: AbortSignal;
}

const PAUSE_MS = { from: 50, to: 400 };
const DOWN_MS = { from: 0, to: 300 };
const LOOK_AGAIN_MS = 20;

/**
 * Kills so many processes at moments that follow from the seed, each time one that is up, and starts each again.
 * Resolves when all are up, with how often each was killed. @throws {Error} if one does not start again
 */
export async function killAtRandom(lab: Laboratory, plan: KillPlan): Promise<Record<Victim, number>> {
  const random = randomOf(plan.seed);
  const counts = Object.fromEntries(VICTIMS.map((victim) => [victim, 0])) as Record<Victim, number>;
  /** Each is killed as often as the others, however long it takes to come back. */
  const bag: Victim[] = [];
  const down = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  for (let killed = 0; killed < plan.kills && failures.length === 0;) {
    if (bag.length === 0) bag.push(...random.shuffle(VICTIMS));
    const victim = bag.shift() as Victim;
    const target = await targetOf(lab, victim);
    if (down.has(target.name)) {
      bag.push(victim);
      await sleep(LOOK_AGAIN_MS);
      continue;
    }
    await target.kill();
    counts[victim] += 1;
    killed += 1;
    plan.onKill(killed);
    const back = sleep(random.between(DOWN_MS.from, DOWN_MS.to))
      .then(target.restart)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => down.delete(target.name));
    down.set(target.name, back);
    await sleep(random.between(PAUSE_MS.from, PAUSE_MS.to));
  }
  await Promise.all(down.values());
  plan.signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
  return counts;
}

interface Target {
  readonly name: string;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

async function targetOf(lab: Laboratory, victim: Victim): Promise<Target> {
  const { redis, rabbit, invalidator } = lab;
  switch (victim) {
    case 'redis':
      return { name: victim, kill: () => redis.kill(), restart: () => redis.restartEmpty() };
    case 'rabbit':
      return { name: victim, kill: () => rabbit.kill(), restart: () => rabbit.restart() };
    case 'invalidator':
      return { name: victim, kill: () => invalidator.kill(), restart: () => startAgain(invalidator) };
    case 'relay':
    case 'catalog': {
      const relay = await relayOf(lab);
      const app = victim === 'relay' ? relay : (lab.catalogs.find((each) => each !== relay) ?? relay);
      const name = `catalog-${lab.catalogs.indexOf(app)}`;
      return { name, kill: () => app.kill(), restart: () => startAgain(app) };
    }
  }
}
