import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { describeUnless } from '../../../test/support/describe-unless.js';
import { figures } from '../../../test/support/figures.js';
import { createTempDir, removeDir, startRedis, type Server } from '../../../tools/services/index.js';
import * as core from '../src/index.js';
import * as opentelemetry from '../src/opentelemetry/index.js';
import * as prometheus from '../src/prometheus/index.js';
import * as session from '../src/session/index.js';
import * as testing from '../src/testing/index.js';
import { FreshProject, registryProblem } from './fresh-project.js';
import { NEST_11_PROGRAM } from './nest-11-program.js';
import { blockOf, programsOf, type ReadmeProgram } from './readme-blocks.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LIB = join(ROOT, 'libs/cache');
/** Its own installation and compilation, and the installations that come before it. */
const PROJECT_TIMEOUT_MS = 180_000;
const readme = await readFile(join(LIB, 'README.md'), 'utf8');
const programs = programsOf(readme);
const problem = await registryProblem();

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
const manifest = await manifestOf(LIB);
const repository = await manifestOf(ROOT);
const pinned = { ...repository.dependencies, ...repository.devDependencies };

/** The folder in which a team has a clone of the repository, and its own projects beside it. */
let home: string;

beforeAll(async () => {
  home = await createTempDir('copies');
  await mkdir(join(home, 'larder'));
  await symlink(join(ROOT, 'libs'), join(home, 'larder/libs'));
  await new FreshProject(ROOT).node('tools/pack-cache.mjs', '--into', join(home, 'larder/dist'));
}, PROJECT_TIMEOUT_MS);

afterAll(() => removeDir(home));

describe('the package', () => {
  let dir: string;
  let files: string[];

  beforeAll(async () => {
    const [tarball = ''] = await readdir(join(home, 'larder/dist'));
    expect(tarball).toBe(`larder-cache-${manifest.version}.tgz`);
    await new FreshProject(home).shell(`mkdir unpacked && tar -xzf larder/dist/${tarball} -C unpacked`);
    dir = join(home, 'unpacked/package');
    files = await filesIn(dir);
  });

  it('holds what runs, its types, its scripts and the sources they were made from, and nothing else', async () => {
    const kinds = /^(package\.json|README\.md|dist\/.+\.(js|d\.ts|js\.map|d\.ts\.map|lua)|src\/.+\.ts)$/;
    expect(files.filter((file) => !kinds.test(file) || /spec\.|\/test\//.test(file))).toEqual([]);
    const sources = (await filesIn(join(LIB, 'src'))).filter((file) => !file.endsWith('spec.ts'));
    const scripts = sources.filter((file) => file.endsWith('.lua'));
    expect(scripts.length).toBeGreaterThan(10);
    expect(files).toEqual(expect.arrayContaining(scripts.map((file) => `dist/${file}`)));
    for (const file of sources.filter((each) => each.endsWith('.ts'))) {
      expect(files).toEqual(expect.arrayContaining([`src/${file}`, `dist/${file.replace(/ts$/, 'js')}`]));
    }
  });

  it('has every file that its exports name, and the types of each entry for old and new compilers', () => {
    const entries = Object.entries(manifest.exports).filter(([, entry]) => typeof entry === 'object');
    expect(entries.length).toBeGreaterThanOrEqual(5);
    for (const [name, entry] of entries) {
      const { types = '', default: code = '' } = entry as Readonly<Record<string, string>>;
      expect(files).toEqual(expect.arrayContaining([types, code].map((path) => path.replace('./', ''))));
      if (name !== '.') expect(manifest.typesVersions['*'][name.replace('./', '')]).toEqual([types]);
    }
  });

  it('maps code and types to the sources within it', async () => {
    for (const file of ['dist/core/cache.js', 'dist/core/cache.d.ts']) {
      const map = JSON.parse(await readFile(join(dir, `${file}.map`), 'utf8')) as { sources: string[] };
      expect(map.sources).toEqual(['../../src/core/cache.ts']);
    }
  });

  it('depends on what it imports, in the versions that are tested here', async () => {
    const imported = new Set<string>();
    for (const file of files.filter((each) => /^dist\/.*(\.js|\.d\.ts)$/.test(each))) {
      const text = await readFile(join(dir, file), 'utf8');
      for (const [, name = ''] of text.matchAll(/(?:from |import\(|^import )['"]((?:@[^/'"]+\/)?[^./'"][^/'"]*)/gm))
        imported.add(name);
    }
    const packages = [...imported].filter((name) => !name.startsWith('node:'));
    const declared = [manifest.dependencies, manifest.peerDependencies].flatMap((names) => Object.keys(names));
    expect(packages.sort()).toEqual(declared.sort());
    for (const [name, range] of Object.entries(manifest.dependencies)) expect(range).toBe(`^${pinned[name]}`);
  });
});

describeUnless(problem, 'the cache in fresh projects', () => {
  let redis: Server;
  let client: Redis;
  let installs: Promise<unknown> = Promise.resolve();

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.port, redis.host);
  });

  afterAll(async () => {
    await installs; // none goes on in a folder that is being removed
    client.disconnect();
    await redis.stop();
  });

  /** Makes a project as the README says; one npm at a time, while the projects before compile. */
  function begin(name: string, steps: string, files: Record<string, string | object>): Promise<FreshProject> {
    const made = installs.then(async () => {
      const started = performance.now();
      const project = new FreshProject(join(home, name));
      await project.write(files);
      await project.shell(steps);
      figures(`${name} installed`, { ms: performance.now() - started });
      return project;
    });
    installs = made.catch(() => undefined);
    return made;
  }

  /** The program as it stands in the README, but for the port of its Redis. */
  const codeOf = ({ code }: ReadmeProgram): string =>
    code.replaceAll("'localhost'", `'${redis.host}'`).replaceAll('6379', String(redis.port));

  const filesFor = (list: readonly ReadmeProgram[], path: (number: number) => string) =>
    Object.fromEntries(list.map((program, number) => [path(number), codeOf(program)]));

  async function expectOutputs(project: FreshProject, list: readonly ReadmeProgram[], path: (n: number) => string) {
    expect(list.length).toBeGreaterThan(0);
    for (const [number, { output }] of list.entries()) {
      await client.flushall();
      expect(await project.node(path(number))).toBe(output);
    }
  }

  const forNest = programs.filter(({ needs }) => needs === 'nest');
  const forNode = programs.filter(({ needs }) => needs === 'node');
  const forPeers = programs.filter(({ needs }) => needs === 'peers');
  const packageSteps = blockOf(readme, 'sh install package');
  const folderSteps = blockOf(readme, 'sh install folder');
  const withClient = (steps: string, version: string) => {
    expect(steps).toContain('ioredis@5');
    return steps.replaceAll('ioredis@5', `ioredis@${version}`);
  };
  const only = (...names: string[]) => Object.fromEntries(names.map((name) => [name, pinned[name]]));

  let inNode: Promise<FreshProject>;
  let inNest12: Promise<FreshProject>;
  let inNest11: Promise<FreshProject>;
  let copied: Promise<FreshProject>;

  beforeAll(() => {
    const nest12 = {
      ...only('@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs', 'typescript', '@types/node'),
      '@nestjs/platform-express': '^12',
    };
    const nest11 = {
      ...nest12,
      '@nestjs/common': '^11',
      '@nestjs/core': '^11',
      '@nestjs/platform-express': '^11',
      typescript: '~5.8.2', // the oldest that lets CommonJS import ES modules
      ...{ '@nestjs/cache-manager': '^3', '@nestjs/terminus': '^11', keyv: '^5', ...only('cache-manager') },
    };
    inNode = begin('node', withClient(packageSteps, '6'), {
      'package.json': {
        private: true,
        type: 'module',
        dependencies: only('typescript', '@types/node', '@opentelemetry/api', 'prom-client'),
      },
      'tsconfig.json': { compilerOptions: NODE_OPTIONS, include: ['src'] },
      'src/entries.ts': ENTRIES,
      ...filesFor(forPeers, (number) => `src/peers-${number}.ts`),
      ...filesFor(forNode, (number) => `src/example-${number}.ts`),
    });
    inNest12 = begin('nest-12', packageSteps, {
      'package.json': { private: true, type: 'module', dependencies: nest12 },
      'tsconfig.json': { compilerOptions: NEST_12_OPTIONS, include: ['src'] },
      ...filesFor(forNest, (number) => `src/nest-${number}.ts`),
      ...filesFor(forNode, (number) => `src/example-${number}.ts`),
    });
    inNest11 = begin('nest-11', withClient(packageSteps, '5.4.1'), {
      'package.json': { private: true, dependencies: nest11 },
      'tsconfig.json': { compilerOptions: NEST_11_OPTIONS, include: ['src'] },
      ...filesFor(forNest, (number) => `src/nest-${number}.ts`),
      ...filesFor(forNest, (number) => `src/nest-${number}-esm.mts`),
      ...filesFor([NEST_11_PROGRAM], () => 'src/nest-11.ts'),
      ...filesFor(forNode, (number) => `src/example-${number}.mts`),
    });
    copied = begin('nest-12-folder', withClient(folderSteps, '6'), {
      'package.json': { private: true, type: 'module', dependencies: nest12 },
      'tsconfig.json': { compilerOptions: NEST_12_OPTIONS, include: ['src'] },
      'nest-cli.json': { sourceRoot: 'src', ...(JSON.parse(blockOf(readme, 'json nest-cli')) as object) },
      ...asCopied(filesFor(forNest, (number) => `src/nest-${number}.ts`)),
      ...asCopied(filesFor(forNode, (number) => `src/example-${number}.ts`)),
    });
  });

  it(
    'works as a package in plain Node, with the next major ioredis and without Nest',
    async () => {
      const project = await inNode;
      await project.compile();
      await expectOutputs(project, forNode, (number) => `dist/example-${number}.js`);
      await expectOutputs(project, forPeers, (number) => `dist/peers-${number}.js`);
      const exported = [core, opentelemetry, prometheus, session, testing].map((entry) => Object.keys(entry).sort());
      expect(JSON.parse(await project.node('dist/entries.js'))).toEqual(exported);
      expect(await readdir(join(project.dir, 'node_modules'))).not.toContain('@nestjs');
    },
    PROJECT_TIMEOUT_MS,
  );

  it(
    'works as a package in a Nest 12 app',
    async () => {
      const project = await inNest12;
      await project.compile();
      await expectOutputs(project, forNest, (number) => `dist/nest-${number}.js`);
      await expectOutputs(project, forNode, (number) => `dist/example-${number}.js`);
    },
    PROJECT_TIMEOUT_MS,
  );

  it(
    'works as a package in a Nest 11 app, from CommonJS and from ES modules, with the oldest ioredis',
    async () => {
      const project = await inNest11;
      await project.compile();
      expect(await readFile(join(project.dir, 'dist/nest-0.js'), 'utf8')).toContain('require("@larder/cache/nest")');
      await expectOutputs(project, forNest, (number) => `dist/nest-${number}.js`);
      await expectOutputs(project, forNest, (number) => `dist/nest-${number}-esm.mjs`);
      await expectOutputs(project, [NEST_11_PROGRAM], () => 'dist/nest-11.js');
      await expectOutputs(project, forNode, (number) => `dist/example-${number}.mjs`);
    },
    PROJECT_TIMEOUT_MS,
  );

  it(
    'works as a package in a Nest 11 app that compiles to CommonJS in the old way',
    async () => {
      const project = await inNest11;
      const compilerOptions = {
        ...NEST_11_OPTIONS,
        ...{ module: 'commonjs', moduleResolution: 'node10', resolvePackageJsonExports: undefined, outDir: './old' },
      };
      const files = forNest.map((_, number) => `src/nest-${number}.ts`);
      await project.write({ 'tsconfig.old.json': { compilerOptions, files } });
      await project.compile('tsconfig.old.json');
      await expectOutputs(project, forNest, (number) => `old/nest-${number}.js`);
    },
    PROJECT_TIMEOUT_MS,
  );

  it(
    'works as a copied folder in a Nest 12 app, compiled against the next major ioredis',
    async () => {
      const project = await copied;
      // The CLI of this repository: it takes the app's own TypeScript, and to install it would take longer than all the rest.
      await project.node(join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js'), 'build');
      await expectOutputs(project, forNest, (number) => `dist/nest-${number}.js`);
      await expectOutputs(project, forNode, (number) => `dist/example-${number}.js`);
    },
    PROJECT_TIMEOUT_MS,
  );
});

/** What `nest new` writes, for either version; without vitest's types, which are not installed here. */
const NEST_OPTIONS = {
  ...{ module: 'nodenext', moduleResolution: 'nodenext', resolvePackageJsonExports: true, target: 'ES2023' },
  ...{ esModuleInterop: true, allowSyntheticDefaultImports: true, isolatedModules: true },
  ...{ emitDecoratorMetadata: true, experimentalDecorators: true },
  ...{ declaration: true, removeComments: true, sourceMap: true, outDir: './dist', skipLibCheck: true },
};
const NEST_12_OPTIONS = {
  ...NEST_OPTIONS,
  rootDir: './src',
  strict: true,
  strictPropertyInitialization: false,
  types: ['node'],
};
const NEST_11_OPTIONS = {
  ...NEST_OPTIONS,
  baseUrl: './',
  rootDir: './src',
  strictNullChecks: true,
  noImplicitAny: true,
};

const NODE_OPTIONS = {
  ...{ module: 'nodenext', target: 'es2023', strict: true, exactOptionalPropertyTypes: true },
  ...{ noUncheckedIndexedAccess: true, types: ['node'], rootDir: 'src', outDir: 'dist' },
};

/** Imports every entry that does without Nest, and prints what each exports. */
const ENTRIES = `import * as core from '@larder/cache';
import * as opentelemetry from '@larder/cache/opentelemetry';
import * as prometheus from '@larder/cache/prometheus';
import * as session from '@larder/cache/session';
import * as testing from '@larder/cache/testing';
console.log(JSON.stringify([core, opentelemetry, prometheus, session, testing].map((entry) => Object.keys(entry).sort())));
`;

/** The same files for a project that has the folder in the place of the package. */
function asCopied(files: Readonly<Record<string, string>>): Record<string, string> {
  const local = (code: string): string =>
    code
      .replaceAll("'@larder/cache'", "'./cache/index.js'")
      .replace(/'@larder\/cache\/(\w+)'/g, "'./cache/$1/index.js'");
  return Object.fromEntries(Object.entries(files).map(([path, code]) => [path, local(code)]));
}

async function filesIn(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}
