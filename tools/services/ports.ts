import { createServer } from 'node:net';

/** Below Linux's range for outgoing connections, so that no client sits on a port while its server is down. */
const FIRST = 20_000;
const LAST = 32_000;

const given = new Set<number>();

/** A TCP port on 127.0.0.1 that is free now and that this process has not given out before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`No free port between ${FIRST} and ${LAST}`);
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
