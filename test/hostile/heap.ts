import { pathToFileURL } from 'node:url';
import { until } from '../../tools/services/index.js';
import { APPS, type AppName } from '../../tools/start/apps.js';
import type { System } from '../support/system.js';

/** The NODE_OPTIONS of processes whose heaps {@link heapsOf} can measure. */
export const MEASURABLE = `--import=${pathToFileURL(`${import.meta.dirname}/collect-on-signal.mjs`).href}`;

/** What each process keeps once all garbage is collected, in bytes. */
export async function heapsOf(system: System): Promise<Record<AppName, number>> {
  const heaps = APPS.map(async (app) => [app, await heapOf(system, app)] as const);
  return Object.fromEntries(await Promise.all(heaps)) as Record<AppName, number>;
}

async function heapOf(system: System, app: AppName): Promise<number> {
  const told = async (): Promise<number[]> =>
    [...(await system.log(app)).matchAll(/(\d+) bytes left on the heap/g)].map(([, bytes]) => Number(bytes));
  const { length } = await told();
  process.kill(system[app].pid, 'SIGUSR2');
  return until(`the ${app} has collected its garbage`, 10_000, async () => (await told())[length] ?? false);
}
