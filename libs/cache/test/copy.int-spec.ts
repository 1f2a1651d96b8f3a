import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describeUnless } from '../../../test/support/describe-unless.js';
import { figures } from '../../../test/support/figures.js';
import { IS_THOROUGH } from '../../../test/support/thorough.js';
import { removeDir, startRedis, type Server } from '../../../tools/services/index.js';
import * as core from '../src/index.js';
import * as opentelemetry from '../src/opentelemetry/index.js';
import * as prometheus from '../src/prometheus/index.js';
import * as session from '../src/session/index.js';
import * as testing from '../src/testing/index.js';
import { LIB, makeHome, PROJECT_TIMEOUT_MS, ROOT } from './clone.js';
import { FreshProject, registryProblem } from './fresh-project.js';
import { NEST_11_PROGRAM } from './nest-11-program.js';
import {
  asCopied,
  ENTRIES,
  NEST_11_DEPENDENCIES,
  NEST_11_OPTIONS,
  NEST_12_DEPENDENCIES,
  NEST_12_OPTIONS,
  NODE_DEPENDENCIES,
  NODE_OPTIONS,
} from './project-files.js';
import { blockOf, programsOf, type ReadmeProgram } from './readme-blocks.js';

const readme = await readFile(join(LIB, 'README.md'), 'utf8');
const programs = programsOf(readme);
const problem = await registryProblem();

/** The folder in which a team has a clone of the repository, and its own projects beside it. */
let home: string;

beforeAll(async () => {
  home = await makeHome();
}, PROJECT_TIMEOUT_MS);

afterAll(() => removeDir(home));

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

  let inNode: Promise<FreshProject>;
  let inNest11: Promise<FreshProject>;
  let copied: Promise<FreshProject>;

  beforeAll(() => {
    copied = begin('nest-12-folder', withClient(folderSteps, '6'), {
      'package.json': { private: true, type: 'module', dependencies: NEST_12_DEPENDENCIES },
      'tsconfig.json': { compilerOptions: NEST_12_OPTIONS, include: ['src'] },
      'nest-cli.json': { sourceRoot: 'src', ...(JSON.parse(blockOf(readme, 'json nest-cli')) as object) },
      ...asCopied(filesFor(forNest, (number) => `src/nest-${number}.ts`)),
      ...asCopied(filesFor(forNode, (number) => `src/example-${number}.ts`)),
    });
    if (!IS_THOROUGH) return;
    inNode = begin('node', withClient(packageSteps, '6'), {
      'package.json': { private: true, type: 'module', dependencies: NODE_DEPENDENCIES },
      'tsconfig.json': { compilerOptions: NODE_OPTIONS, include: ['src'] },
      'src/entries.ts': ENTRIES,
      ...filesFor(forPeers, (number) => `src/peers-${number}.ts`),
      ...filesFor(forNode, (number) => `src/example-${number}.ts`),
    });
    inNest11 = begin('nest-11', withClient(packageSteps, '5.4.1'), {
      'package.json': { private: true, dependencies: NEST_11_DEPENDENCIES },
      'tsconfig.json': { compilerOptions: NEST_11_OPTIONS, include: ['src'] },
      ...filesFor(forNest, (number) => `src/nest-${number}.ts`),
      ...filesFor(forNest, (number) => `src/nest-${number}-esm.mts`),
      ...filesFor([NEST_11_PROGRAM], () => 'src/nest-11.ts'),
      ...filesFor(forNode, (number) => `src/example-${number}.mts`),
    });
  });

  describeUnless(IS_THOROUGH ? null : 'LARDER_THOROUGH is not set', 'and projects without Nest 12', () => {
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
  });

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

  it(
    'works as a package in the same app',
    async () => {
      const project = await copied;
      const compilerOptions = { ...NEST_12_OPTIONS, rootDir: './packaged', outDir: './dist-packaged' };
      await project.write({
        ...filesFor(forNest, (number) => `packaged/nest-${number}.ts`),
        'tsconfig.packaged.json': { compilerOptions, include: ['packaged'] },
      });
      await project.shell(packageSteps);
      await project.compile('tsconfig.packaged.json');
      await expectOutputs(project, forNest, (number) => `dist-packaged/nest-${number}.js`);
    },
    PROJECT_TIMEOUT_MS,
  );
});
