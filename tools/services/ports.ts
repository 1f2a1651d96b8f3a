import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Below Linux's range for outgoing connections, so that no client sits on a port while its server is down. */
const FIRST = 20_000;
const LAST = 32_000;

const given = new Set<number>();

/** A TCP port on 127.0.0.1 that is free now and that neither this process nor another of the same test run has given out before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (claim(port) && (await isFree(port))) return port;
  }
  throw new Error(`No free port between ${FIRST} and ${LAST}`);
}

/** A port is looked at long before its server listens; a file in the run's folder keeps other processes from it till then. */
function claim(port: number): boolean {
  if (given.has(port)) return false;
  given.add(port);
  const dir = process.env['LARDER_TEST_DIR'];
  if (dir === undefined) return true;
  try {
    writeFileSync(join(dir, `port-${port}`), '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether no server listens on this port of `host` now. @throws {Error} EACCES, EADDRNOTAVAIL, ...: nobody here could listen */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen({ port, host, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
