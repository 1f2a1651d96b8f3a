import {
  createTempDir,
  query,
  removeDir,
  startPostgres,
  startRabbit,
  TcpProxy,
  type RabbitServer,
} from '../../services/index.js';
import { startApps, type Apps } from './apps.js';
import { Closing } from './closing.js';
import { RedisPair } from './redis-pair.js';

/** Every server and service of a run, and the ways to them that can be broken. */
export interface Laboratory extends Apps {
  readonly redis: RedisPair;
  readonly rabbit: RabbitServer;
  /** Before the broker. */
  readonly rabbitProxy: TcpProxy;
  /** Of the catalog's database, past every proxy, for those whom no fault is to hit. */
  readonly databaseUrl: string;
  /** Whether a promoted replica keeps the number of the last batch that it knows, so that its gap is found. */
  readonly chainCheck: boolean;
  /** For files of the run. */
  readonly dir: string;
  /** Stops everything. Harmless when repeated. */
  stop(): Promise<void>;
}

const USERS = ['catalog_1', 'catalog_2'];

export interface LaboratoryOptions {
  readonly chainCheck: boolean;
  /** Ends the start halfway. */
  readonly signal: AbortSignal;
}

/** Takes about ten seconds. What was started is stopped again if a part fails to start. */
export async function startLaboratory({ chainCheck, signal }: LaboratoryOptions): Promise<Laboratory> {
  const closing = new Closing();
  try {
    const parts = await assemble(closing, signal);
    return { ...parts, chainCheck, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function assemble(closing: Closing, signal: AbortSignal): Promise<Omit<Laboratory, 'stop' | 'chainCheck'>> {
  const dir = closing.add(await createTempDir('lab'), removeDir);
  const starting = [
    startPostgres().then((server) => closing.add(server, (each) => each.stop())),
    startRabbit().then((server) => closing.add(server, (each) => each.stop())),
    RedisPair.start(closing),
  ] as const;
  await Promise.allSettled(starting); // what starts late is not forgotten when another fails
  const [postgres, rabbit, redis] = await Promise.all(starting);
  signal.throwIfAborted();
  const databaseUrl = await postgres.createDatabase('larder_lab');
  for (const user of USERS) await query(postgres.url, `CREATE ROLE ${user} SUPERUSER LOGIN PASSWORD 'larder'`);
  const rabbitProxy = closing.add(await TcpProxy.start(rabbit), (each) => each.stop());
  const databaseProxy = closing.add(await TcpProxy.start(postgres), (each) => each.stop());
  const places = {
    redis: { host: redis.proxy.host, port: redis.proxy.port },
    rabbitUrl: through(rabbit.url, rabbitProxy.port),
    databaseUrls: USERS.map((user) => through(databaseUrl, databaseProxy.port, user)),
    dir,
  };
  const apps = await startApps(places, closing);
  signal.throwIfAborted();
  return { ...apps, redis, rabbit, rabbitProxy, databaseUrl, dir };
}

function through(url: string, port: number, user?: string): string {
  const proxied = new URL(url);
  proxied.port = String(port);
  if (user !== undefined) proxied.username = user;
  return proxied.href;
}

const LEADER = `
  SELECT activity.usename FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
  WHERE lock.locktype = 'advisory' AND lock.granted AND activity.application_name = 'larder-catalog-relay'`;

/** The number of the catalog that publishes events now; `null` between two of them. */
export async function leaderOf({ databaseUrl }: Pick<Laboratory, 'databaseUrl'>): Promise<number | null> {
  const [row] = await query(databaseUrl, LEADER);
  const index = USERS.indexOf(String(row?.['usename']));
  return index === -1 ? null : index;
}
