import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTempDir } from '../../../tools/services/index.js';
import { FreshProject } from './fresh-project.js';

/** This repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The cache in it. */
export const LIB = join(ROOT, 'libs/cache');

/** Its own installation and compilation, and the installations that come before it. */
export const PROJECT_TIMEOUT_MS = 180_000;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** The types of each entry but the first, for compilers that do not read `exports`. */
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
}

const manifestOf = async (dir: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Manifest;

/** That of the cache. */
export const manifest = await manifestOf(LIB);
const repository = await manifestOf(ROOT);
/** The versions that are tested here. */
export const pinned: Readonly<Record<string, string>> = { ...repository.dependencies, ...repository.devDependencies };

/** Makes the folder in which a team has a clone of the repository with the package in it, and its own projects beside it. */
export async function makeHome(): Promise<string> {
  const home = await createTempDir('copies');
  await mkdir(join(home, 'larder'));
  await symlink(join(ROOT, 'libs'), join(home, 'larder/libs'));
  await new FreshProject(ROOT).node('tools/pack-cache.mjs', '--into', join(home, 'larder/dist'));
  return home;
}

/** All files below a folder, sorted, as paths in it. */
export async function filesIn(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}
