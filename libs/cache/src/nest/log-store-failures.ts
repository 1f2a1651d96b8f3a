import type { LoggerService } from '@nestjs/common';
import type { CacheListener } from '../core/events.js';

/** A failure that was logged is not logged again for so long. */
const SAME_FAILURE_MS = 60_000;
const MAX_FAILURES = 100;
const MAX_TEXT = 200;

/**
 * A cache listener that logs why the store fails: each failure of an operation once a minute, and when the circuit opens
 * and closes. No arguments of commands and no passwords. `nowMs`: this process's time.
 */
export function logStoreFailures(
  logger: Pick<LoggerService, 'log' | 'warn'>,
  nowMs: () => number = () => performance.now(),
): CacheListener {
  const loggedAtMs = new Map<string, number>();
  let isUsed = true;
  let reason = '';

  function failed(operation: string, error: unknown): void {
    reason = `${operation} failed: ${textOf(error)}`;
    const failure = reason.replace(/\d+/g, '');
    const lastMs = loggedAtMs.get(failure) ?? -Infinity;
    if (nowMs() - lastMs < SAME_FAILURE_MS) return;
    if (loggedAtMs.size >= MAX_FAILURES) loggedAtMs.clear();
    loggedAtMs.set(failure, nowMs());
    logger.warn(`Cache store: ${reason}`);
  }

  function turned(isClosed: boolean): void {
    if (isClosed === isUsed) return;
    isUsed = isClosed;
    if (isClosed) logger.log('Cache store: answers again and is used');
    else logger.warn(`Cache store: reads do without it until it answers again; ${reason}`);
  }

  return (event) => {
    if (event.type === 'operation' && event.failed) failed(event.operation, event.error);
    if (event.type === 'circuit') turned(event.state === 'closed');
  };
}

/** A reply may repeat what it was sent, and an address may hold a password. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it is not known why';
  const [line = ''] = error.message.split('\n', 1);
  const harmless = line.replace(/, with args beginning with.*/, '').replace(/\/\/[^@\s/]*@/g, '//');
  return `${error.name}: ${harmless.slice(0, MAX_TEXT)}`;
}
