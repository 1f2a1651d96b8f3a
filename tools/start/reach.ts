import { connectRedis, type RedisSettings } from '@larder/cache';
import { ConfigError } from '@larder/platform';
import { connect } from 'amqplib';
import pg from 'pg';
import { isFree } from '../services/index.js';
import type { PortInUse } from './apps.js';
import { placeOfRedis } from './redis-place.js';

/** How long a server that somebody named may take to answer. */
const REACH_TIMEOUT_MS = 4_000;

/** @throws {ConfigError} naming DATABASE_URL and the server's address, never its password */
export async function reachPostgres(url: string): Promise<void> {
  await reach('DATABASE_URL', `PostgreSQL at ${addressOf(url, '5432')}`, async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: REACH_TIMEOUT_MS });
    client.on('error', () => undefined); // told by the connect that fails
    await client.connect();
    await client.end();
  });
}

/** @throws {ConfigError} naming the variable and the server's address, never its password */
export async function reachRedis(settings: RedisSettings): Promise<void> {
  const { variable, where } = placeOfRedis(settings);
  await reach(variable, where, async () => {
    let reason: unknown;
    const redis = connectRedis({ ...settings, commandTimeoutMs: REACH_TIMEOUT_MS }, (error) => (reason = error));
    try {
      await redis.connect();
      await redis.ping();
    } catch (error) {
      throw reason ?? error;
    } finally {
      redis.disconnect();
    }
  });
}

/** @throws {ConfigError} naming RABBITMQ_URL and the server's address, never its password */
export async function reachRabbit(url: string): Promise<void> {
  await reach('RABBITMQ_URL', `RabbitMQ at ${addressOf(url, '5672')}`, async () => {
    const connection = await connect(url, { timeout: REACH_TIMEOUT_MS });
    connection.on('error', () => undefined); // it is about to close
    await connection.close();
  });
}

/** @throws {ConfigError} naming each port that the apps cannot listen on, and its variable */
export async function requireFree(ports: readonly PortInUse[]): Promise<void> {
  const problems = (await Promise.all(ports.map(problemOf))).filter((problem) => problem !== null);
  if (problems.length > 0) throw new ConfigError(problems);
}

async function problemOf({ app, variable, port, host }: PortInUse): Promise<string | null> {
  const place = `${variable}: port ${port} on ${host}, of the ${app},`;
  try {
    if (await isFree(port, host)) return null;
    return `${place} is in use; stop the other program or set ${variable} to another port`;
  } catch (error) {
    return `${place} cannot be listened on (${reasonOf(error)}); set ${variable} to another port, or correct the host`;
  }
}

async function reach(variable: string, server: string, attempt: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${REACH_TIMEOUT_MS} ms`));
    }, REACH_TIMEOUT_MS);
  });
  const trying = attempt();
  trying.catch(() => undefined); // may fail after it was given up
  try {
    await Promise.race([trying, late]);
  } catch (error) {
    const remedy = `start it, correct ${variable}, or unset ${variable} to run without it`;
    throw new ConfigError([`${variable}: ${server} cannot be used (${reasonOf(error)}); ${remedy}`]);
  } finally {
    clearTimeout(timer);
  }
}

/** The reason in one line. Only the parts that never hold an address with its password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const { code } = error as NodeJS.ErrnoException;
  const { errors } = error as AggregateError;
  if (code === undefined && Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  return code ?? (error.message.split('\n')[0] || error.name);
}

function addressOf(url: string, defaultPort: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || defaultPort}${pathname}`;
}
