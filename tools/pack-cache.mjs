/**
 * npm run pack:cache: writes dist/larder-cache-<version>.tgz, the cache as a package of its own: compiled with full type
 * checking, its scripts beside it, its sources for debuggers and editors. `-- --into DIR` writes it elsewhere.
 * The file's path is the only line on stdout.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, npm, root, run, say } from './bootstrap.mjs';

const LIB = join(root, 'libs/cache');

try {
  const { values } = parseArgs({ options: { into: { type: 'string', default: join(root, 'dist') } } });
  await ensureInstalled();
  process.stdout.write(`${await pack(resolve(values.into))}\n`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** The path of the package made. A folder of its own, so that two runs at a time and a build do not meet. */
async function pack(into) {
  const stage = mkdtempSync(join(tmpdir(), 'larder-package-'));
  try {
    for (const file of ['package.json', 'README.md']) cpSync(join(LIB, file), join(stage, file));
    await compile(stage);
    mkdirSync(into, { recursive: true });
    await run(...npm(['pack', stage, '--pack-destination', into, '--ignore-scripts', '--loglevel=error']));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  const { name, version } = JSON.parse(readFileSync(join(LIB, 'package.json'), 'utf8'));
  return join(into, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}

/** Compiles a copy of the sources, so that source maps lead from dist/ to src/ within the package. */
async function compile(stage) {
  const sources = join(LIB, 'src');
  cpSync(sources, join(stage, 'src'), { recursive: true, filter: (path) => !path.endsWith('spec.ts') });
  cpSync(sources, join(stage, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  symlinkSync(join(root, 'node_modules'), join(stage, 'node_modules'));
  const compilerOptions = {
    ...{ rootDir: 'src', outDir: 'dist', paths: {}, types: ['node'] },
    ...{ declaration: true, declarationMap: true, noEmitOnError: true },
  };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['src'] };
  writeFileSync(join(stage, 'tsconfig.json'), JSON.stringify(config));
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', stage]);
}
