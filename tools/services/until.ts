import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/**
 * Waits until `check` neither throws nor answers `false`. The last look begins when `withinMs` are over, so that a machine
 * that was held up meanwhile is not taken for a condition that does not hold.
 *
 * @returns what `check` returned
 * @throws {Error} naming `what`, with what `check` threw last as its cause
 */
export async function until<Result>(
  what: string,
  withinMs: number,
  check: () => Result | Promise<Result>,
): Promise<Exclude<Result, false>> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const isLast = performance.now() >= endMs;
    let cause: unknown;
    try {
      const result = await check();
      if (result !== false) return result as Exclude<Result, false>;
    } catch (error) {
      cause = error;
    }
    if (isLast) throw new Error(`Not within ${withinMs} ms: ${what}`, { cause });
    await sleep(LOOK_EVERY_MS);
  }
}
