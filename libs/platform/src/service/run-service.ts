import { ConfigError } from '../config/read-environment.js';
import { scrubText } from '../log/scrub.js';
import type { RunningService } from './running-service.js';

/** What {@link runService} needs of the process; tests pass a stand-in. */
export type HostProcess = Pick<NodeJS.Process, 'on' | 'exit'> & { readonly stderr: { write(text: string): unknown } };

const CLOSE_TIMEOUT_MS = 10_000;
const EXIT_FAILED = 1;
/** EX_CONFIG of sysexits(3): starting again without another configuration is useless. */
const EXIT_MISCONFIGURED = 78;

/**
 * Runs a service as this process: starts it, and on SIGTERM or SIGINT closes it and exits with 0. Exits with 78 when the
 * configuration is wrong, with 1 after an uncaught error, or when the start or the close fails, or the close takes longer
 * than ten seconds. A second signal exits at once. Why it exits is told on standard error, without secrets.
 */
export async function runService(
  name: string,
  start: () => Promise<RunningService>,
  host: HostProcess = process,
): Promise<void> {
  const fail = (error: unknown): void => {
    host.stderr.write(`${name}: ${describe(error)}\n`);
    host.exit(error instanceof ConfigError ? EXIT_MISCONFIGURED : EXIT_FAILED);
  };
  host.on('uncaughtException', fail); // Node would print the error with all its fields, and drivers keep secrets there
  const stopped = signalled(host);
  try {
    const service = await Promise.race([start(), stopped]);
    if (service !== undefined) {
      await stopped;
      const timer = setTimeout(fail, CLOSE_TIMEOUT_MS, new Error(`could not close within ${CLOSE_TIMEOUT_MS} ms`));
      await service.close();
      clearTimeout(timer);
    }
    host.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** Resolves at the first signal to stop. */
function signalled(host: HostProcess): Promise<undefined> {
  return new Promise((resolve) => {
    let stopping = false;
    const onSignal = (): void => {
      if (stopping) host.exit(EXIT_FAILED);
      stopping = true;
      resolve(undefined);
    };
    host.on('SIGTERM', onSignal);
    host.on('SIGINT', onSignal);
  });
}

/** For a person: what is wrong with a configuration needs no stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return scrubText(String(error));
  if (error instanceof ConfigError) return scrubText(error.message);
  const { cause } = error;
  const because = cause instanceof Error ? `\ncaused by ${scrubText(cause.stack ?? cause.message)}` : '';
  return `${scrubText(error.stack ?? error.message)}${because}`;
}
