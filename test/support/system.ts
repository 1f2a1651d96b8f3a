import { readFile } from 'node:fs/promises';
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
  /** For single apps, instead of what the others get. */
  readonly variablesOf?: Readonly<Partial<Record<AppName, Variables>>>;
}

/** A test may send as much as it likes from its one address, unless it asks for limits. */
const UNLIMITED = { RATE_LIMIT_REQUESTS: '1000000000', RATE_LIMIT_CHANGES: '1000000000' };

/** A catalog process. */
export interface CatalogProcess {
  readonly catalog: ServerProcess;
  /** Of its RPC server, on 127.0.0.1. */
  readonly catalogPort: number;
  /** Where its operations server listens. */
  readonly catalogOperations: string;
}

/** A catalog process and a gateway process that reads from it. */
export interface Door extends CatalogProcess {
  readonly gateway: ServerProcess;
  /** Of the gateway. */
  readonly url: string;
  /** A caller without a session. */
  readonly client: Client;
}

/** The four apps from `dist` as processes, on real servers. */
export interface System extends Door {
  readonly auth: ServerProcess;
  /** Of its RPC server, on 127.0.0.1. */
  readonly authPort: number;
  readonly invalidator: ServerProcess;
  readonly redis: Server;
  readonly databaseUrl: string;
  readonly rabbitUrl: string;
  /** Where an operations server listens, such as `urls.catalog + '/metrics'`. */
  readonly operations: Operations;
  /** Another catalog process on the same servers, for callers that need no gateway. */
  addCatalog(): Promise<CatalogProcess>;
  /** Another auth process on the same servers; `variablesOf` as in {@link SystemOptions}. */
  addAuth(variablesOf: SystemOptions['variablesOf']): Promise<ServerProcess>;
  /** Another catalog process on the same servers, with a gateway of its own; `variablesOf` as in {@link SystemOptions}. */
  addDoor(variablesOf?: SystemOptions['variablesOf']): Promise<Door>;
  /** All that the app's processes have logged until now. */
  log(app: AppName): Promise<string>;
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
type Environments = Readonly<Record<AppName, NodeJS.ProcessEnv>>;
type Operations = Readonly<Record<AppName, string>>;

async function assemble(options: SystemOptions, closing: Closing): Promise<Omit<System, 'stop'>> {
  const servers = await serversFor(options, closing);
  const dir = await createTempDir('system');
  closing.push(() => removeDir(dir));
  const variables = { PATH: process.env['PATH'], ...servers.variables, ...(await freePorts()), ...options.variables };
  const environments = environmentsFor(variables, options);
  const keys = {
    SERVICE_KEY_GATEWAY_AUTH: environments.gateway['SERVICE_KEY_GATEWAY_AUTH'],
    SERVICE_KEY_GATEWAY_CATALOG: environments.gateway['SERVICE_KEY_GATEWAY_CATALOG'],
    SERVICE_KEY_INVALIDATOR_CATALOG: environments.invalidator['SERVICE_KEY_INVALIDATOR_CATALOG'],
    AUTH_DEVICE_KEY: environments.auth['AUTH_DEVICE_KEY'],
  };
  const run = async (name: AppName, env: NodeJS.ProcessEnv): Promise<ServerProcess> => {
    const app = await startApp(name, env, dir);
    closing.push(() => app.dispose());
    return app;
  };
  const openCatalog = async ({ catalog: env }: Environments): Promise<CatalogProcess> => ({
    catalog: await run('catalog', env),
    catalogPort: Number(env['PORT']),
    catalogOperations: operationsOf(env),
  });
  const openDoor = async (all: Environments): Promise<Door> => {
    const env: NodeJS.ProcessEnv = { ...all.gateway, AUTH_ADDRESSES: environments.gateway['AUTH_ADDRESSES'] };
    const [catalog, gateway] = await Promise.all([openCatalog(all), run('gateway', env)]);
    const url = `http://127.0.0.1:${String(env['PORT'])}`;
    return { ...catalog, gateway, url, client: new Client(url) };
  };
  const more = async (variablesOf = options.variablesOf): Promise<Environments> =>
    environmentsFor(
      { ...variables, ...keys, ...(await doorPorts()) },
      { ...options, ...(variablesOf && { variablesOf }) },
    );
  const [auth, invalidator] = await Promise.all([
    run('auth', environments.auth),
    run('invalidator', environments.invalidator),
  ]);
  return {
    ...{ auth, authPort: Number(environments.auth['PORT']), invalidator, ...(await openDoor(environments)) },
    ...{ redis: servers.redis, databaseUrl: servers.databaseUrl, rabbitUrl: servers.rabbitUrl },
    operations: Object.fromEntries(APPS.map((name) => [name, operationsOf(environments[name])])) as Operations,
    log: (app) => readFile(join(dir, `${app}.log`), 'utf8'),
    addCatalog: async () => openCatalog(await more()),
    addAuth: async (variablesOf) => run('auth', (await more(variablesOf)).auth),
    addDoor: async (variablesOf) => openDoor(await more(variablesOf)),
  };
}

function environmentsFor(variables: NodeJS.ProcessEnv, { variablesOf = {} }: SystemOptions): Environments {
  const environments = environmentsOf(variables);
  const own = APPS.map((name) => [name, { ...environments[name], ...variablesOf[name] }] as const);
  return Object.fromEntries(own) as Environments;
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
    ...UNLIMITED,
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

function operationsOf(env: NodeJS.ProcessEnv): string {
  return `http://127.0.0.1:${String(env['OPS_PORT'])}`;
}
