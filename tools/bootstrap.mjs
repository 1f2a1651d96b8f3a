/** What must be there before anything of this repository can run: packages and a build. Needs Node alone. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, without a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

const MODULES = join(root, 'node_modules');
const STAMP = join(root, 'dist', '.built-from');
const SOURCES = ['apps', 'libs', 'tools', 'nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Installs the packages of package-lock.json if some are missing or of another version. Says so on stderr. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Larder needs Node 20.19 or newer; this is ${process.versions.node}.`);
  }
  if (isInstalled()) return;
  if (existsSync(MODULES) && lstatSync(MODULES).isSymbolicLink()) {
    throw new Error('node_modules is a link, and what it leads to does not fit package-lock.json: run npm ci there.');
  }
  say('Installing packages (npm ci) ...');
  await run(...npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']));
}

/** A command for {@link run}: npm with these arguments, the same npm that runs this script if one does. */
export function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/** Compiles everything into dist/ if a source changed since the last time. Says so on stderr. */
export async function ensureBuilt() {
  const print = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === print) return;
  say('Building ...');
  await run(process.execPath, [join(MODULES, '@nestjs/cli/bin/nest.js'), 'build', 'larder']);
  writeFileSync(STAMP, print);
}

/** Runs a command to its end, its output on our stderr. @throws {Error} if it fails */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}.`));
    });
  });
}

/** A line for the person at the terminal. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

function isInstalled() {
  const installed = packagesOf(join(MODULES, '.package-lock.json'));
  if (installed === null) return false;
  return Object.entries(packagesOf(join(root, 'package-lock.json')) ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const has = installed[path];
    return has ? has.version === wanted.version : wanted.optional === true;
  });
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : null;
}

/** A hash over names and contents of all that goes into dist/. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((name) => filesIn(join(root, name)))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!lstatSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !/(^test|spec\.ts)$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => filesIn(join(path, name)));
}
