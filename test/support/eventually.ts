import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries until `check` no longer throws, at most `withinMs`; then throws what it threw last.
 *
 * @returns what `check` returned
 */
export async function eventually<Result>(withinMs: number, check: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
