import { join } from 'node:path';
import { MemoryStore } from '@larder/cache';
import { MemorySessionRecords } from '@larder/cache/session';
import { InProcessBus } from '@larder/messaging';
import { ConfigError, flag, readEnvironment, type RunningService } from '@larder/platform';
import { z } from 'zod';
import { loadConfig as loadAuthConfig } from '../../apps/auth/src/config.js';
import { startAuth } from '../../apps/auth/src/start-auth.js';
import { loadConfig as loadCatalogConfig } from '../../apps/catalog/src/config.js';
import { startCatalog } from '../../apps/catalog/src/start-catalog.js';
import { loadConfig as loadGatewayConfig } from '../../apps/gateway/src/config.js';
import { startGateway } from '../../apps/gateway/src/start-gateway.js';
import { loadConfig as loadInvalidatorConfig } from '../../apps/invalidator/src/config.js';
import { startInvalidator } from '../../apps/invalidator/src/start-invalidator.js';
import { ClusterInUse } from '../services/index.js';
import { APPS, environmentsOf, portsOf, urlOf, type AppName, type PortInUse } from './apps.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { reachRealServers, type RealServers } from './engines.js';
import { requireFree } from './reach.js';
import { loadSample } from './sample.js';
import { untilSettled } from './settled.js';
import { welcome } from './welcome.js';

const CLOSING_ORDER = ['gateway', 'invalidator', 'catalog', 'auth', 'database'] as const;

type Running = Partial<Record<(typeof CLOSING_ORDER)[number], Pick<RunningService, 'close'>>>;

/** Where the database is and who keeps it. */
interface Database {
  readonly url: string;
  /** What the welcome says of it. */
  readonly engine: string;
  close(): Promise<void>;
}

/**
 * Starts the four apps in this process. A server that the environment names takes its place; without DATABASE_URL there is
 * an embedded PostgreSQL with its data in LARDER_HOME (`.larder` in `root`), without REDIS_HOST memory, without RABBITMQ_URL
 * an in-process bus. Then prints where everything is.
 *
 * The embedded database gets the sample catalogue while it is empty, and two accounts with known passwords; one that
 * somebody named gets them only if SAMPLE_CATALOGUE and DEMO_ACCOUNTS are `true`.
 *
 * @throws {ConfigError} for a wrong variable, a named server that does not answer, a port in use
 */
export async function startWholeSystem(given: NodeJS.ProcessEnv, root: string): Promise<RunningService> {
  await requireFree(portsOf(environmentsOf(given)));
  const servers = await reachRealServers(given);
  const demo = demoIn(given, servers);
  const env: NodeJS.ProcessEnv = { LOG_LEVEL: 'warn', ...given, DEMO_ACCOUNTS: String(demo.accounts) };
  const running: Running = {};
  const close = (): Promise<void> => closeAll(running);
  try {
    const database = await databaseOf(servers, env['LARDER_HOME'] ?? join(root, '.larder'));
    running.database = database;
    const environments = environmentsOf({
      ...env,
      ...(servers.databaseUrl === null && { DATABASE_URL: database.url }),
    });
    const starts = startsOf(environments, servers);
    for (const app of APPS.filter((name) => name !== 'gateway')) running[app] = await starts[app]();
    const ports = portsOf(environments);
    if (demo.catalogue) await fill(database, root, ports);
    running.gateway = await starts.gateway(); // last: whoever gets an answer finds the catalogue filled
    print(welcome({ database: database.engine, servers, ports, demoAccounts: demo.accounts }));
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** What is made up for a first look. */
interface Demo {
  readonly accounts: boolean;
  readonly catalogue: boolean;
}

function demoIn(env: NodeJS.ProcessEnv, { databaseUrl }: RealServers): Demo {
  const unasked = flag(databaseUrl === null);
  const variables = readEnvironment(z.object({ DEMO_ACCOUNTS: unasked, SAMPLE_CATALOGUE: unasked }), env);
  return { accounts: variables.DEMO_ACCOUNTS, catalogue: variables.SAMPLE_CATALOGUE };
}

async function fill({ url }: Database, root: string, ports: readonly PortInUse[]): Promise<void> {
  if (!(await loadSample(url, join(root, 'tools/sample-catalogue/products.csv'), print))) return;
  await untilSettled(url, urlOf(ports, 'INVALIDATOR_OPS_PORT'));
}

async function databaseOf({ databaseUrl }: RealServers, home: string): Promise<Database> {
  if (databaseUrl !== null) {
    return { url: databaseUrl, engine: 'PostgreSQL of DATABASE_URL', close: () => Promise.resolve() };
  }
  try {
    const { server, url, dir } = await startEmbeddedPostgres(home, print);
    const engine = `embedded PostgreSQL at ${server.host}:${server.port}, data in ${dir}`;
    return { url, engine, close: () => server.stop() };
  } catch (error) {
    if (!(error instanceof ClusterInUse)) throw error;
    throw new ConfigError([`LARDER_HOME: ${error.message}; stop it, or name another folder`]);
  }
}

/** One twin of each kind, shared: what the catalog caches, the invalidator invalidates. */
function startsOf(
  environments: Record<AppName, NodeJS.ProcessEnv>,
  { redis, rabbitUrl }: RealServers,
): Record<AppName, () => Promise<RunningService>> {
  const store = redis === null ? { store: new MemoryStore() } : {};
  const sessions = redis === null ? { sessions: new MemorySessionRecords() } : {};
  const bus = rabbitUrl === null ? { bus: new InProcessBus() } : {};
  return {
    auth: () => startAuth(loadAuthConfig(environments.auth), sessions),
    invalidator: () => startInvalidator(loadInvalidatorConfig(environments.invalidator), { ...store, ...bus }),
    catalog: () => startCatalog(loadCatalogConfig(environments.catalog), { ...store, ...bus }),
    gateway: () => startGateway(loadGatewayConfig(environments.gateway)),
  };
}

/** Users before what they use; one that fails does not keep the others open. */
async function closeAll(running: Running): Promise<void> {
  const errors: unknown[] = [];
  for (const name of CLOSING_ORDER) {
    await running[name]?.close().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Not everything closed properly');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
