import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf, gone, parentOf, signal } from './processes.js';

/** A live process serves this cluster; nobody else may. */
export class ClusterInUse extends Error {
  override readonly name = 'ClusterInUse';

  constructor(
    readonly dir: string,
    readonly owner: number,
  ) {
    super(`The PostgreSQL data in ${dir} are in use by process ${owner}`);
  }
}

/**
 * Claims the cluster in `dir` for this process. Ends a server that still runs there because its owner was killed, and
 * forgets one that is gone, also when its process id belongs to another program by now.
 *
 * @throws {ClusterInUse} if the server's owner lives
 */
export async function claimCluster(dir: string): Promise<void> {
  const lock = join(dir, 'data', 'postmaster.pid');
  const ownerFile = join(dir, 'owner');
  const pid = await firstNumberIn(lock);
  if (pid !== null && (await commandOf(pid)).includes(join(dir, 'data'))) {
    // An orphan has another parent than its owner, even if the owner's id is in use again.
    const owner = await firstNumberIn(ownerFile);
    if (owner !== null && (await parentOf(pid)) === owner) throw new ClusterInUse(dir, owner);
    await end(pid);
  }
  await rm(lock, { force: true });
  await writeFile(ownerFile, `${process.pid}\n`);
}

async function end(pid: number): Promise<void> {
  signal(pid, 'SIGCONT');
  signal(pid, 'SIGINT');
  if (!(await gone([pid], 10_000))) throw new Error(`An earlier PostgreSQL, process ${pid}, does not end`);
}

async function firstNumberIn(file: string): Promise<number | null> {
  const number = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return number > 0 ? number : null;
}
