import { join } from 'node:path';
import {
  borrowDatabase,
  borrowVhost,
  createTempDir,
  freePort,
  removeDir,
  ServerProcess,
  startRedis,
  type Borrowed,
  type BorrowedVhost,
  type Server,
} from '../../tools/services/index.js';
import { APPS, environmentsOf, type AppName } from '../../tools/start/apps.js';
import { built } from './built.js';
import { Client } from './http.js';

/** A part of the environment of all apps. */
export type Variables = Readonly<Record<string, string>>;

/** What a test may put in place of the servers that {@link startSystem} starts or borrows. */
export interface SystemOptions {
  readonly redis?: Server;
  readonly databaseUrl?: string;
  readonly rabbitUrl?: string;
  /** For all apps, such as `{ LOG_LEVEL: 'debug' }`. */
  readonly variables?: Variables;
}

/** A catalog process and a gateway process that reads from it. */
export interface Door {
  readonly catalog: ServerProcess;
  readonly gateway: ServerProcess;
  /** Of the gateway. */
  readonly url: string;
  /** A caller without a session. */
  readonly client: Client;
}

/** The four apps from `dist` as processes, on real servers. */
export interface System extends Door {
  readonly auth: ServerProcess;
  readonly invalidator: ServerProcess;
  readonly redis: Server;
  readonly databaseUrl: string;
  readonly rabbitUrl: string;
  /** Where an operations server listens, such as `urls.catalog + '/metrics'`. */
  readonly operations: Readonly<Record<AppName, string>>;
  /** Another catalog process on the same servers, with a gateway of its own. */
  addDoor(): Promise<Door>;
  /** Stops all that {@link startSystem} started. */
  stop(): Promise<void>;
}

/** Takes about five seconds. Everything that was started is stopped again if a part fails to start. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return { ...(await assemble(options, closing)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Closing = (() => Promise<unknown>)[];

async function assemble(options: SystemOptions, closing: Closing): Promise<Omit<System, 'stop'>> {
  const servers = await serversFor(options, closing);
  const dir = await createTempDir('system');
  closing.push(() => removeDir(dir));
  const shared = { ...servers.variables, ...(await freePorts()), ...options.variables };
  const environments = environmentsOf({ PATH: process.env['PATH'], ...shared });
  const keys = {
    SERVICE_KEY_GATEWAY_AUTH: environments.gateway['SERVICE_KEY_GATEWAY_AUTH'],
    SERVICE_KEY_GATEWAY_CATALOG: environments.gateway['SERVICE_KEY_GATEWAY_CATALOG'],
  };
  const run = async (name: AppName, env: NodeJS.ProcessEnv): Promise<ServerProcess> => {
    const app = await startApp(name, env, dir);
    closing.push(() => app.dispose());
    return app;
  };
  const [auth, invalidator] = await Promise.all([
    run('auth', environments.auth),
    run('invalidator', environments.invalidator),
  ]);
  const catalog = await run('catalog', environments.catalog);
  const gateway = await run('gateway', environments.gateway);
  const url = `http://127.0.0.1:${String(environments.gateway['PORT'])}`;
  return {
    ...{ auth, invalidator, catalog, gateway, url, client: new Client(url) },
    ...{ redis: servers.redis, databaseUrl: servers.databaseUrl, rabbitUrl: servers.rabbitUrl },
    operations: operationsOf(environments),
    addDoor: async () => {
      const more = environmentsOf({ PATH: process.env['PATH'], ...shared, ...keys, ...(await doorPorts()) });
      const [anotherCatalog, anotherGateway] = await Promise.all([
        run('catalog', more.catalog),
        run('gateway', { ...more.gateway, AUTH_PORT: environments.auth['PORT'] }),
      ]);
      const anotherUrl = `http://127.0.0.1:${String(more.gateway['PORT'])}`;
      return { catalog: anotherCatalog, gateway: anotherGateway, url: anotherUrl, client: new Client(anotherUrl) };
    },
  };
}

async function serversFor(options: SystemOptions, closing: Closing) {
  const lend = async <Place extends Borrowed>(place: Promise<Place>): Promise<Place> => {
    const lent = await place;
    closing.push(() => lent.release());
    return lent;
  };
  const redis = options.redis ?? (await startRedis());
  if (!options.redis) closing.push(() => redis.stop());
  const databaseUrl = options.databaseUrl ?? (await lend(borrowDatabase())).url;
  const rabbitUrl = options.rabbitUrl ?? (await lend<BorrowedVhost>(borrowVhost())).url;
  const variables = {
    DATABASE_URL: databaseUrl,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    RABBITMQ_URL: rabbitUrl,
    DEMO_ACCOUNTS: 'true',
  };
  return { redis, databaseUrl, rabbitUrl, variables };
}

async function startApp(name: AppName, env: NodeJS.ProcessEnv, dir: string): Promise<ServerProcess> {
  return ServerProcess.start({
    name,
    command: process.execPath,
    args: [built(`apps/${name}/src/main.js`)],
    env,
    logFile: join(dir, `${name}.log`),
    readyText: 'successfully started',
    readyTimeoutMs: 30_000,
    stopSignal: 'SIGTERM',
  });
}

async function freePorts(): Promise<Variables> {
  return { ...(await doorPorts()), ...(await portsFor(['AUTH_PORT', 'AUTH_OPS_PORT', 'INVALIDATOR_OPS_PORT'])) };
}

function doorPorts(): Promise<Variables> {
  return portsFor(['PORT', 'OPS_PORT', 'CATALOG_PORT', 'CATALOG_OPS_PORT']);
}

async function portsFor(names: readonly string[]): Promise<Variables> {
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())] as const));
  return Object.fromEntries(ports);
}

function operationsOf(environments: Record<AppName, NodeJS.ProcessEnv>): Record<AppName, string> {
  const urls = APPS.map((name) => [name, `http://127.0.0.1:${String(environments[name]['OPS_PORT'])}`] as const);
  return Object.fromEntries(urls) as Record<AppName, string>;
}
