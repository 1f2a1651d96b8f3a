import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  canKeepData,
  claimCluster,
  createCluster,
  freePort,
  installedPostgres,
  isFree,
  reachablePostgres,
  serveCluster,
  type Owner,
  type PostgresServer,
} from '../services/index.js';

/** The same at each start, so that a psql command works again; another when it is taken. */
const PREFERRED_PORT = 54_320;
const DATABASE = 'larder';

/** Where root keeps what the user postgres could not get at in the project. */
const ELSEWHERE = '/var/lib/larder';

/** The embedded PostgreSQL: its server, the URL of the database in it, and the folder that keeps the data. */
export interface EmbeddedPostgres {
  readonly server: PostgresServer;
  readonly url: string;
  readonly dir: string;
}

/**
 * Starts the PostgreSQL from npm on data that stays between starts, in `home` or, when its user cannot get there, in a folder
 * named after `home` in /var/lib/larder. Takes over from a server that a killed process left behind.
 *
 * @param say told one line when the data is not in `home`
 * @throws {ClusterInUse} if another process serves this data
 */
export async function startEmbeddedPostgres(home: string, say: (line: string) => void): Promise<EmbeddedPostgres> {
  const { user } = await installedPostgres();
  await mkdir(home, { recursive: true, mode: 0o755 });
  const base = canKeepData(home, user)
    ? home
    : join(ELSEWHERE, createHash('sha256').update(home).digest('hex').slice(0, 12));
  if (base !== home) {
    say(`${home} is closed to the user postgres, so PostgreSQL and its data are in ${base}`);
    await mkdir(base, { recursive: true, mode: 0o755 });
  }
  const binaries = await reachablePostgres(() => Promise.resolve(join(base, 'postgresql')));
  const dir = join(base, 'postgres');
  await makeDir(dir, user);
  await claimCluster(dir);
  await rm(join(dir, 'postgres.log'), { force: true });
  const cluster = {
    binaries,
    dir,
    port: (await isFree(PREFERRED_PORT)) ? PREFERRED_PORT : await freePort(),
    password: await passwordIn(dir),
    settings: { max_connections: 100, shared_buffers: '64MB' },
    ownedDirs: [],
  };
  await createCluster(cluster);
  const server = await serveCluster(cluster);
  return { server, url: await databaseOf(server), dir };
}

async function makeDir(dir: string, user: Owner | undefined): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user) await chown(dir, user.uid, user.gid);
}

/** Made at the first start; only this user and root can read it. */
async function passwordIn(dir: string): Promise<string> {
  const file = join(dir, 'password');
  if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFile(file, 'utf8');
}

async function databaseOf(server: PostgresServer): Promise<string> {
  try {
    return await server.createDatabase(DATABASE);
  } catch (error) {
    const DUPLICATE_DATABASE = '42P04';
    if ((error as { code?: string }).code !== DUPLICATE_DATABASE) throw error;
    const url = new URL(server.url);
    url.pathname = `/${DATABASE}`;
    return url.href;
  }
}
