import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { reachablePostgres, type PostgresBinaries } from './postgres-binaries.js';
import { freePort } from './ports.js';
import { ServerProcess } from './server-process.js';
import type { Server } from './server.js';
import { createTempDir, removeDir } from './temp-dir.js';
import { Guard } from './guard.js';

const run = promisify(execFile);

/** A PostgreSQL server; its `url` names the database `postgres`. */
export interface PostgresServer extends Server {
  /** Makes an empty database and answers its URL. @throws {Error} if the name is taken */
  createDatabase(name?: string): Promise<string>;
}

/** A cluster on disk and how it is served. */
export interface Cluster {
  readonly binaries: PostgresBinaries;
  /** The folder of the cluster and its log. */
  readonly dir: string;
  readonly port: number;
  /** Of the superuser `larder`. */
  readonly password: string;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Removed with the server. */
  readonly ownedDirs: readonly string[];
}

/** No socket file anywhere; the log in English, which is read for the word that the server is ready. */
const BASE_SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', lc_messages: 'C' };

/** A crash of the machine may cost a test its data; the crash of a process does not. */
const TEST_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: 200, shared_buffers: '32MB' };
const DURABLE_SETTINGS = { max_connections: 200, shared_buffers: '64MB' };

/** Starts a PostgreSQL 18 from npm on a free port; `durable`: a commit waits for the disk, as in production. */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const binaries = await testBinaries();
  const dir = await createTempDir('postgres', binaries.user);
  const cluster: Cluster = {
    binaries,
    dir,
    port: await freePort(),
    password: 'larder',
    settings: durable ? DURABLE_SETTINGS : TEST_SETTINGS,
    ownedDirs: [dir],
  };
  try {
    await createCluster(cluster);
    return await serveCluster(cluster);
  } catch (error) {
    await removeDir(dir);
    throw error;
  }
}

/**
 * Makes the cluster's files if there are none yet; a start that is cut short leaves none.
 * Sorting and case are those of Unicode code points, on every machine alike.
 */
export async function createCluster(cluster: Cluster): Promise<void> {
  if (existsSync(dataOf(cluster))) return;
  const { user } = cluster.binaries;
  const unfinished = join(cluster.dir, 'data.unfinished');
  await removeDir(unfinished);
  const passwordFile = join(cluster.dir, `initial-${randomBytes(4).toString('hex')}`);
  await writeFile(passwordFile, cluster.password, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);
  const text = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=larder', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const sync = cluster.settings['fsync'] === 'off' ? ['--no-sync'] : [];
  try {
    const options = { ...user, cwd: '/', env: environment(), timeout: 60_000 };
    const args = [`--pgdata=${unfinished}`, ...text, ...access, ...sync];
    await run(join(cluster.binaries.dir, 'bin/initdb'), args, options);
  } finally {
    await removeDir(passwordFile);
  }
  await rename(unfinished, dataOf(cluster));
}

/** Serves a cluster on 127.0.0.1. @throws {ServerDidNotStart} */
export async function serveCluster(cluster: Cluster): Promise<PostgresServer> {
  const settings = Object.entries({ ...BASE_SETTINGS, ...cluster.settings, port: cluster.port });
  const server = await ServerProcess.start({
    name: 'PostgreSQL',
    command: join(cluster.binaries.dir, 'bin/postgres'),
    args: ['-D', dataOf(cluster), ...settings.flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    env: environment(),
    ...(cluster.binaries.user && { user: cluster.binaries.user }),
    logFile: join(cluster.dir, 'postgres.log'),
    readyText: 'database system is ready to accept connections',
    readyTimeoutMs: 60_000,
    stopSignal: 'SIGINT',
    ownedDirs: cluster.ownedDirs,
  });
  const urlOf = (database: string): string =>
    `postgresql://larder:${cluster.password}@127.0.0.1:${cluster.port}/${database}`;
  return {
    url: urlOf('postgres'),
    host: '127.0.0.1',
    port: cluster.port,
    get pid() {
      return server.pid;
    },
    createDatabase: async (name = `test_${randomBytes(6).toString('hex')}`) => {
      await query(urlOf('postgres'), `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      return urlOf(name);
    },
    stop: async () => {
      if (cluster.ownedDirs.length === 0) await server.stop();
      await server.dispose();
      await Promise.all(cluster.ownedDirs.map(removeDir));
    },
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    restart: async ({ empty = false } = {}) => {
      await server.stop();
      if (empty) {
        await removeDir(dataOf(cluster));
        await createCluster(cluster);
      }
      await server.start();
    },
  };
}

/** Runs one statement on a connection of its own. Rejects within 5 s when the server cannot be reached. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
  client.on('error', () => undefined); // the connection's end shows in the query
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

function dataOf(cluster: Cluster): string {
  return join(cluster.dir, 'data');
}

let binaries: Promise<PostgresBinaries> | undefined;

/** Found once per process; a copy that the whole test run shares comes by LARDER_TEST_POSTGRES_DIR. */
function testBinaries(): Promise<PostgresBinaries> {
  return (binaries ??= reachablePostgres(sharedCopy));
}

async function sharedCopy(): Promise<string> {
  const given = process.env['LARDER_TEST_POSTGRES_DIR'];
  if (given !== undefined) return given;
  const dir = await createTempDir('postgres-binaries');
  new Guard([dir]).watch([]);
  process.env['LARDER_TEST_POSTGRES_DIR'] = dir;
  return dir;
}
