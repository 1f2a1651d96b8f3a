/**
 * Sizes of test, told apart by their file names; see CONTRIBUTING.md. Run through `npm test`.
 * Those that hold times to a limit are `*.timed-spec.ts`: they run alone.
 */
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

const size = (displayName, testMatch) => ({ ...common, displayName, testMatch });

export default {
  projects: [
    size('unit', ['<rootDir>/{apps,libs,tools}/**/*.spec.ts']),
    size('integration', ['<rootDir>/{apps,libs,tools}/**/*.int-spec.ts']),
    size('timed', ['<rootDir>/{apps,libs,tools,test}/**/*.timed-spec.ts']),
    size('e2e', ['<rootDir>/test/**/*.e2e-spec.ts']),
  ],
  testTimeout: 30_000,
};
