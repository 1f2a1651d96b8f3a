import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EPMD, findProgram, RABBIT } from './binaries.js';
import { freePort } from './ports.js';
import { ServerProcess } from './server-process.js';
import type { Server } from './server.js';
import { createTempDir, removeDir } from './temp-dir.js';

/** A RabbitMQ broker; its `url` names the vhost `/`. */
export interface RabbitServer extends Server {
  /** The HTTP interface of its management plugin, for what AMQP cannot do; user and password are `guest`. */
  readonly managementUrl: string;
  /** Makes an empty vhost and answers its URL. */
  createVhost(name?: string): Promise<string>;
}

interface Ports {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

/** Starts a RabbitMQ broker with a node name, a cookie and a port mapper (epmd) of its own. Takes 5 to 8 s. */
export async function startRabbit(): Promise<RabbitServer> {
  const command = await findProgram(RABBIT);
  const epmdCommand = await findProgram(EPMD); // comes with RabbitMQ
  const dir = await createTempDir('rabbit');
  const ports: Ports = {
    amqp: await freePort(),
    management: await freePort(),
    distribution: await freePort(),
    epmd: await freePort(),
  };
  const started: ServerProcess[] = [];
  try {
    await configure(dir, ports);
    const epmd = await startEpmd(epmdCommand, ports.epmd, dir);
    started.push(epmd);
    return brokerOf(await startBroker(command, dir, ports), epmd, dir, ports);
  } catch (error) {
    await Promise.all(started.map((server) => server.dispose()));
    await removeDir(dir);
    throw error;
  }
}

function startEpmd(command: string, port: number, dir: string): Promise<ServerProcess> {
  return ServerProcess.start({
    name: 'epmd',
    command,
    args: ['-port', String(port), '-address', '127.0.0.1', '-d'],
    logFile: join(dir, 'epmd.log'),
    readyText: 'epmd running',
    readyTimeoutMs: 10_000,
    stopSignal: 'SIGTERM',
    ownedDirs: [dir],
  });
}

async function configure(dir: string, ports: Ports): Promise<void> {
  await mkdir(join(dir, 'data'));
  await writeFile(join(dir, 'plugins'), '[rabbitmq_management].\n');
  await writeFile(
    join(dir, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
      'management.tcp.ip = 127.0.0.1',
      `management.tcp.port = ${ports.management}`,
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      'disk_free_limit.absolute = 1MB',
      '',
    ].join('\n'),
  );
}

function startBroker(command: string, dir: string, ports: Ports): Promise<ServerProcess> {
  return ServerProcess.start({
    name: 'RabbitMQ',
    command,
    args: [],
    env: {
      PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
      LANG: 'C.UTF-8',
      HOME: dir,
      RABBITMQ_NODENAME: `larder-${randomBytes(4).toString('hex')}@localhost`,
      RABBITMQ_MNESIA_BASE: join(dir, 'data'),
      RABBITMQ_LOG_BASE: join(dir, 'log'),
      RABBITMQ_CONF_ENV_FILE: join(dir, 'none'),
      RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'none.config'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
      RABBITMQ_FEATURE_FLAGS_FILE: join(dir, 'data', 'feature-flags'),
      RABBITMQ_PID_FILE: join(dir, 'pid'),
      RABBITMQ_DIST_PORT: String(ports.distribution),
      ERL_EPMD_PORT: String(ports.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_CRASH_DUMP_SECONDS: '0',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none', // idle schedulers must not spin: tests share the cores
      RUNNING_UNDER_SYSTEMD: 'true', // the start script then becomes the broker, instead of waiting for it
    },
    logFile: join(dir, 'rabbit.log'),
    readyText: 'Server startup complete',
    readyTimeoutMs: 90_000,
    stopSignal: 'SIGTERM',
    ownedDirs: [dir],
  });
}

function brokerOf(broker: ServerProcess, epmd: ServerProcess, dir: string, ports: Ports): RabbitServer {
  const address = `amqp://guest:guest@127.0.0.1:${ports.amqp}`;
  const managementUrl = `http://127.0.0.1:${ports.management}`;
  return {
    url: address,
    host: '127.0.0.1',
    port: ports.amqp,
    managementUrl,
    get pid() {
      return broker.pid;
    },
    createVhost: async (name = `test-${randomBytes(6).toString('hex')}`) => {
      await createVhost(managementUrl, name);
      return `${address}/${encodeURIComponent(name)}`;
    },
    stop: async () => {
      await broker.dispose();
      await epmd.dispose();
      await removeDir(dir);
    },
    kill: () => broker.kill(),
    pause: () => broker.pause(),
    resume: () => broker.resume(),
    restart: async ({ empty = false } = {}) => {
      await broker.stop();
      if (empty) await removeDir(join(dir, 'data'));
      await mkdir(join(dir, 'data'), { recursive: true });
      await broker.start();
    },
  };
}

/** Makes a vhost through a broker's management interface; its creator, `guest`, may do all in it. */
export async function createVhost(managementUrl: string, name: string): Promise<void> {
  await manage(managementUrl, 'PUT', `/api/vhosts/${encodeURIComponent(name)}`);
  await manage(managementUrl, 'PUT', `/api/permissions/${encodeURIComponent(name)}/guest`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  });
}

/** One call of the management interface, at most 10 s. @throws {Error} with the status and the text of a refusal */
export async function manage(managementUrl: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(managementUrl + path, {
    method,
    headers: { authorization: `Basic ${btoa('guest:guest')}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`RabbitMQ refused ${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
