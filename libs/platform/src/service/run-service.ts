import { ConfigError } from '../config/read-environment.js';
import { scrubText } from '../log/scrub.js';
import type { RunningService } from './running-service.js';

const CLOSE_TIMEOUT_MS = 10_000;
const EXIT_FAILED = 1;
/** EX_CONFIG of sysexits(3): starting again without another configuration is useless. */
const EXIT_MISCONFIGURED = 78;

/**
 * Runs a service as this process: starts it, and on SIGTERM or SIGINT closes it and exits with 0. Exits with 78 when the
 * configuration is wrong, with 1 when the start or the close fails or the close takes longer than ten seconds; a second
 * signal exits at once.
 */
export async function runService(name: string, start: () => Promise<RunningService>): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve();
        process.on(signal, () => process.exit(EXIT_FAILED));
      });
    }
  });
  try {
    const service = await start();
    await stopped;
    const timer = setTimeout(() => {
      fail(name, new Error(`could not close within ${CLOSE_TIMEOUT_MS} ms`));
    }, CLOSE_TIMEOUT_MS);
    await service.close();
    clearTimeout(timer);
    process.exit(0);
  } catch (error) {
    fail(name, error);
  }
}

/** In plain text: there may be no logger yet, and a person reads it. */
function fail(name: string, error: unknown): never {
  const text =
    error instanceof ConfigError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
  process.stderr.write(`${name}: ${scrubText(text)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_MISCONFIGURED : EXIT_FAILED);
}
