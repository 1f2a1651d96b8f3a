import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

/**
 * Waits until `check` answers true; one that fails counts as false.
 * @throws {Error} naming `what` after `timeoutMs`, with the last failure as its cause
 */
export async function until(what: string, timeoutMs: number, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    if (await check().catch((error: unknown) => ((cause = error), false))) return;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`, { cause });
    await sleep(LOOK_EVERY_MS);
  }
}
