/**
 * Three sizes of test, told apart by their file names; see CONTRIBUTING.md. Run through `npm test`.
 * Integration tests that hold times to a limit are a project of their own, `timed`, which runs alone.
 */
const TIMED =
  '/(auth/test/outage|catalog/test/two-processes|' +
  'cache/test/(cluster-successions|failing-load|late-fill|outage-contract|processes|redis-feed|successions|topologies))\\.int-spec\\.ts$';

const common = {
  rootDir: import.meta.dirname,
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.larder/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^@larder/cache/(nest|opentelemetry|prometheus|session|testing)$': '<rootDir>/libs/cache/src/$1/index.ts',
    '^@larder/platform/database$': '<rootDir>/libs/platform/src/database/index.ts',
    '^@larder/(cache|contracts|messaging|platform)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
  },
};

const size = (displayName, testMatch, more = {}) => ({ ...common, displayName, testMatch, ...more });

export default {
  projects: [
    size('unit', ['<rootDir>/{apps,libs,tools}/**/*.spec.ts'], {
      testPathIgnorePatterns: ['/node_modules/', '\\.(int|e2e)-spec\\.ts$'],
    }),
    size('integration', ['<rootDir>/{apps,libs,tools}/**/*.int-spec.ts'], {
      testPathIgnorePatterns: ['/node_modules/', TIMED],
    }),
    { ...common, displayName: 'timed', testRegex: [TIMED] },
    size('e2e', ['<rootDir>/test/**/*.e2e-spec.ts']),
  ],
  testTimeout: 30_000,
};
