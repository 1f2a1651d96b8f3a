import { pinned } from './clone.js';

/** What `nest new` writes, for either version; without vitest's types, which are not installed here. */
const NEST_OPTIONS = {
  ...{ module: 'nodenext', moduleResolution: 'nodenext', resolvePackageJsonExports: true, target: 'ES2023' },
  ...{ esModuleInterop: true, allowSyntheticDefaultImports: true, isolatedModules: true },
  ...{ emitDecoratorMetadata: true, experimentalDecorators: true },
  ...{ declaration: true, removeComments: true, sourceMap: true, outDir: './dist', skipLibCheck: true },
};

/** What the compiler of a Nest 12 app is told. */
export const NEST_12_OPTIONS = {
  ...NEST_OPTIONS,
  rootDir: './src',
  strict: true,
  strictPropertyInitialization: false,
  types: ['node'],
};

/** What that of a Nest 11 app is told. */
export const NEST_11_OPTIONS = {
  ...NEST_OPTIONS,
  baseUrl: './',
  rootDir: './src',
  strictNullChecks: true,
  noImplicitAny: true,
};

/** What that of a program in plain Node is told. */
export const NODE_OPTIONS = {
  ...{ module: 'nodenext', target: 'es2023', strict: true, exactOptionalPropertyTypes: true },
  ...{ noUncheckedIndexedAccess: true, types: ['node'], rootDir: 'src', outDir: 'dist' },
};

const only = (...names: string[]) => Object.fromEntries(names.map((name) => [name, pinned[name]]));

/** What a program in plain Node depends on, with the optional peers. */
export const NODE_DEPENDENCIES = only('typescript', '@types/node', '@opentelemetry/api', 'prom-client');

/** What a Nest 12 app depends on, before it has the cache. */
export const NEST_12_DEPENDENCIES = {
  ...only('@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs', 'typescript', '@types/node'),
  '@nestjs/platform-express': '^12',
};

/** What a Nest 11 app depends on. */
export const NEST_11_DEPENDENCIES = {
  ...NEST_12_DEPENDENCIES,
  '@nestjs/common': '^11',
  '@nestjs/core': '^11',
  '@nestjs/platform-express': '^11',
  typescript: '~5.8.2', // the oldest that lets CommonJS import ES modules
  ...{ '@nestjs/cache-manager': '^3', '@nestjs/terminus': '^11', keyv: '^5', ...only('cache-manager') },
};

/** Imports every entry that does without Nest, and prints what each exports. */
export const ENTRIES = `import * as core from '@larder/cache';
import * as opentelemetry from '@larder/cache/opentelemetry';
import * as prometheus from '@larder/cache/prometheus';
import * as session from '@larder/cache/session';
import * as testing from '@larder/cache/testing';
console.log(JSON.stringify([core, opentelemetry, prometheus, session, testing].map((entry) => Object.keys(entry).sort())));
`;

/** The same files for a project that has the folder in the place of the package. */
export function asCopied(files: Readonly<Record<string, string>>): Record<string, string> {
  const local = (code: string): string =>
    code
      .replaceAll("'@larder/cache'", "'./cache/index.js'")
      .replace(/'@larder\/cache\/(\w+)'/g, "'./cache/$1/index.js'");
  return Object.fromEntries(Object.entries(files).map(([path, code]) => [path, local(code)]));
}
