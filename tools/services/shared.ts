import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { query, startPostgres } from './postgres.js';
import { createVhost, manage, startRabbit } from './rabbit.js';

/** A place of one's own on a server that the whole test run may share. */
export interface Borrowed {
  readonly url: string;
  /** Gives the place back: removes it from a shared server, or stops the server that was started for it. */
  release(): Promise<void>;
}

/** A vhost on a broker of the test run. `managementUrl` is the broker's own. */
export interface BorrowedVhost extends Borrowed {
  readonly managementUrl: string;
  readonly vhost: string;
}

/**
 * An empty database: on the server of `npm test` if its address stands in LARDER_TEST_POSTGRES_URL, else on a new one.
 * For tests that do no harm to the server; a test that stops it calls {@link startPostgres}.
 */
export async function borrowDatabase(): Promise<Borrowed> {
  const shared = process.env['LARDER_TEST_POSTGRES_URL'];
  if (shared === undefined) {
    const server = await startPostgres();
    return { url: await server.createDatabase(), release: () => server.stop() };
  }
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(shared, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  const url = new URL(shared);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    release: async () => {
      await query(shared, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    },
  };
}

/**
 * An empty vhost: on the broker of `npm test` if its addresses stand in LARDER_TEST_RABBIT_URL and
 * LARDER_TEST_RABBIT_MANAGEMENT_URL, else on a new broker. For tests that do no harm to the broker.
 */
export async function borrowVhost(): Promise<BorrowedVhost> {
  const shared = process.env['LARDER_TEST_RABBIT_URL'];
  const sharedManagement = process.env['LARDER_TEST_RABBIT_MANAGEMENT_URL'];
  const vhost = `test-${randomBytes(6).toString('hex')}`;
  if (shared === undefined || sharedManagement === undefined) {
    const broker = await startRabbit();
    const url = await broker.createVhost(vhost);
    return { url, vhost, managementUrl: broker.managementUrl, release: () => broker.stop() };
  }
  await createVhost(sharedManagement, vhost);
  return {
    url: `${shared}/${vhost}`,
    vhost,
    managementUrl: sharedManagement,
    release: async () => {
      await manage(sharedManagement, 'DELETE', `/api/vhosts/${vhost}`);
    },
  };
}
