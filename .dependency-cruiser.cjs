/** Which folder may import which. The reasons are in ARCHITECTURE.md; a broken rule fails `npm run check`. */
const TEST_CODE = '(/test/|/testing/|spec\\.ts$)';
/** Where the model imports the steps that it explores, docs/decisions/0026. */
const MODEL = '^tools/model/protocol\\.ts$';
const PROTOCOL = '^libs/cache/src/core/(step|steps|intent-steps|chain-steps|record)\\.ts$';

module.exports = {
  forbidden: [
    never('a lib never knows an app', '^libs/', '^apps/'),
    never('a lib never imports the tools', '^libs/', '^tools/', undefined, TEST_CODE),
    never('an app never imports another app', '^apps/([^/]+)/', '^apps/', '^apps/$1/'),
    never('an app never imports the tools', '^apps/[^/]+/src/', '^tools/', undefined, TEST_CODE),
    never(
      'a lib is entered by its index',
      '^(apps|tools|test)/',
      '^libs/[^/]+/src/',
      '^libs/[^/]+/src/((database|nest|opentelemetry|prometheus|session|testing)/)?index\\.ts$',
      MODEL,
    ),
    never('the model takes only steps and what they speak of', MODEL, '^libs/', PROTOCOL),
    never(
      'a lib enters another lib by its index',
      '^libs/([^/]+)/',
      '^libs/',
      '^libs/($1/|[^/]+/src/((database|nest|opentelemetry|prometheus|session|testing)/)?index\\.ts$)',
    ),
    never('the cache knows no other lib', '^libs/cache/src/', '^libs/(contracts|messaging|platform)/'),
    never(
      'the cache core knows no framework and no server',
      '^libs/cache/src/core/',
      'node_modules/(@nestjs|rxjs|reflect-metadata|typeorm|ioredis|pg|amqplib|prom-client|@opentelemetry)/',
    ),
    never(
      'the cache core knows none of its adapters',
      '^libs/cache/src/core/',
      '^libs/cache/src/(nest|opentelemetry|prometheus|redis|session)/',
    ),
    never(
      'domain files know neither Nest nor TypeORM',
      '^apps/[^/]+/src/.*/domain/',
      'node_modules/(@nestjs|typeorm)/',
    ),
    never('a controller never touches a repository', '\\.controller\\.ts$', '(repository\\.ts$|node_modules/typeorm/)'),
    never(
      'shipped code never imports test code',
      '^(apps|libs)/.*/src/',
      `^(apps|libs|tools|test)/.*${TEST_CODE}`,
      undefined,
      TEST_CODE,
    ),
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

function never(name, from, to, except, fromExcept) {
  return {
    name,
    severity: 'error',
    from: { path: from, ...(fromExcept && { pathNot: fromExcept }) },
    to: { path: to, ...(except && { pathNot: except }) },
  };
}
