import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, ServerProcess, TcpProxy } from '../../services/index.js';
import { environmentsOf, type AppName } from '../../start/apps.js';
import type { Closing } from './closing.js';

/** Where the apps find what they need, and where their logs go. */
export interface AppPlaces {
  readonly redis: { readonly host: string; readonly port: number };
  readonly rabbitUrl: string;
  /** One for each catalog, with a user of its own, by which the database tells which of them leads. */
  readonly databaseUrls: readonly string[];
  readonly dir: string;
}

/** The services whose events reach the cache. */
export interface Apps {
  readonly catalogs: readonly ServerProcess[];
  readonly invalidator: ServerProcess;
}

/** The built programs; this file is built beside them. */
const DIST = fileURLToPath(new URL('../../../', import.meta.url));
const LOOPBACK = '127.0.0.1';
const READY_WITHIN_MS = 60_000;

/** Starts them from `dist`, the first catalog first: it brings the schema. */
export async function startApps(places: AppPlaces, closing: Closing): Promise<Apps> {
  const launch = async (name: AppName, label: string, env: NodeJS.ProcessEnv): Promise<ServerProcess> => {
    const started = await ServerProcess.start({
      name: label,
      command: process.execPath,
      args: [join(DIST, `apps/${name}/src/main.js`)],
      env,
      logFile: join(places.dir, `${label}.log`),
      readyText: 'successfully started',
      readyTimeoutMs: READY_WITHIN_MS,
      stopSignal: 'SIGTERM',
    });
    return closing.add(started, (each) => each.dispose());
  };
  const variables = await variablesFor(places);
  const environments = environmentsOf(variables);
  const catalogs: ServerProcess[] = [];
  const ports: number[] = [];
  /** What stands before the catalogs sends a call to one that is up, as a balancer does. */
  const balanced = {
    host: LOOPBACK,
    get port(): number {
      return ports[catalogs.findIndex(({ pid }) => pid !== -1)] ?? ports[0] ?? 0;
    },
  };
  const balancer = closing.add(await TcpProxy.start(balanced), (each) => each.stop());
  const invalidator = await launch('invalidator', 'invalidator', {
    ...environments.invalidator,
    CATALOG_ADDRESSES: `${LOOPBACK}:${balancer.port}`,
  });
  for (const [index, url] of places.databaseUrls.entries()) {
    const [port, operations] = [await freePort(), await freePort()];
    ports.push(port);
    const env = { ...environments.catalog, PORT: String(port), OPS_PORT: String(operations), DATABASE_URL: url };
    catalogs.push(await launch('catalog', `catalog-${index + 1}`, env));
  }
  return { catalogs, invalidator };
}

async function variablesFor({ redis, rabbitUrl, databaseUrls }: AppPlaces): Promise<Record<string, string>> {
  const names = ['PORT', 'OPS_PORT', 'AUTH_PORT', 'AUTH_OPS_PORT', 'CATALOG_PORT', 'CATALOG_OPS_PORT'];
  const ports = await Promise.all([...names, 'INVALIDATOR_OPS_PORT'].map(async (name) => [name, await freePort()]));
  return {
    ...(Object.fromEntries(ports.map(([name, port]) => [name, String(port)])) as Record<string, string>),
    PATH: process.env['PATH'] ?? '',
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    RABBITMQ_URL: rabbitUrl,
    DATABASE_URL: databaseUrls[0] ?? '',
    DATABASE_POOL: '4',
  };
}
