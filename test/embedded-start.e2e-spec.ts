import { once } from 'node:events';
import { chmod, mkdir, readFile, rmdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import type { Product, ProductPage } from '@larder/contracts';
import { borrowDatabase, createTempDir, freePort, gone, query, removeDir, until } from '../tools/services/index.js';
import { describeUnless } from './support/describe-unless.js';
import { EmbeddedStarter, untilItRuns, type EmbeddedRun } from './support/embedded.js';
import { Client } from './support/http.js';

const STOP_MS = 5_000;
/** The auditor has found entries as new as their products. */
const CHECKED = /^larder_audit_checks_total\{space="catalog_service:product",after="0.1",result="fresh"\} [1-9]/m;
const isRoot = process.getuid?.() === 0;

const starter = new EmbeddedStarter();
const start = starter.start.bind(starter);

async function interrupt(run: EmbeddedRun): Promise<number> {
  const begin = performance.now();
  run.process.kill('SIGINT');
  expect(await run.ended()).toBe(0);
  return performance.now() - begin;
}

const postmasterOf = async (home: string): Promise<number> =>
  Number((await readFile(join(home, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);

let home: string;

beforeAll(async () => {
  home = await createTempDir('home');
});

afterAll(async () => {
  starter.killAll();
  await removeDir(home);
});

describe('npm start', () => {
  it('runs everything without a server, ends within five seconds, and keeps its data', async () => {
    const first = await start(home);
    const answer = await until('the gateway answers', 60_000, () => first.client.get('/v1/products?limit=3'));
    const page = answer.body as ProductPage;
    expect(page.items).toHaveLength(3); // the very first answer, too
    await untilItRuns(first);
    expect(first.output()).toContain('Loaded the sample catalogue: 300 products');
    const [product] = page.items;
    const path = `/v1/products/${product!.id}`;
    const editor = await new Client(first.client.url).login(DEMO_ACCOUNTS[0]!);
    const etag = (await editor.get(path)).headers.get('etag')!;
    const changed = await editor.ask('PATCH', path, { body: { priceMinor: 12_345 }, headers: { 'if-match': etag } });
    expect(changed.status).toBe(200);
    await until('the change was audited', 10_000, async () => CHECKED.test(await first.metrics()));
    const postmaster = await postmasterOf(home);
    const stopMs = [await interrupt(first)];
    expect(await gone([postmaster], 0)).toBe(true);

    const second = await start(home);
    await untilItRuns(second);
    expect(second.output()).not.toContain('Loaded the sample catalogue');
    expect(((await second.client.get(path)).body as Product).priceMinor).toBe(12_345);
    stopMs.push(await interrupt(second));
    expect(Math.min(...stopMs)).toBeLessThan(STOP_MS); // the other one may have waited for the machine
  }, 180_000);

  it('puts neither accounts nor products into a database that somebody named', async () => {
    const database = await borrowDatabase();
    try {
      const run = await start(home, { DATABASE_URL: database.url });
      await untilItRuns(run);
      expect(run.output()).not.toContain('Demo accounts');
      expect((await run.client.get('/v1/products')).body).toMatchObject({ items: [] });
      expect(await query(database.url, 'SELECT FROM auth.users')).toEqual([]);
      await interrupt(run);

      const asked = await start(home, { DATABASE_URL: database.url, DEMO_ACCOUNTS: 'true', SAMPLE_CATALOGUE: 'true' });
      await untilItRuns(asked);
      expect(asked.output()).toContain('Loaded the sample catalogue: 300 products');
      expect(asked.output()).toContain(DEMO_ACCOUNTS[0]!.password);
      await new Client(asked.client.url).login(DEMO_ACCOUNTS[0]!);
      await interrupt(asked);
    } finally {
      await database.release();
    }
  }, 180_000);

  it('leaves no PostgreSQL behind when it is killed, and starts again on the same data', async () => {
    const first = await start(home);
    await untilItRuns(first);
    const postmaster = await postmasterOf(home);
    first.process.kill('SIGKILL');
    await first.ended();
    const second = await start(home);
    await untilItRuns(second);
    expect(await gone([postmaster], 0)).toBe(true);
    expect((await second.client.get('/v1/products?limit=1')).status).toBe(200);

    const third = await start(home);
    expect(await third.ended()).toBe(78);
    expect(third.output()).toContain(`in use by process ${second.process.pid!}`);
    await interrupt(second);
  }, 180_000);

  it('names the port that is in use, and the variable that moves it', async () => {
    const busy = await freePort();
    const other = createServer().listen(busy, '127.0.0.1');
    await once(other, 'listening');
    const run = await start(home, { CATALOG_PORT: String(busy) });
    expect(await run.ended()).toBe(78);
    expect(run.output()).toContain(`CATALOG_PORT: port ${busy} on 127.0.0.1`);
    other.close();
  }, 60_000);

  it.each([
    ['DATABASE_URL', 'postgresql://larder:s3cr3t-word@127.0.0.1:1/larder'],
    ['REDIS_HOST', '127.0.0.1'],
    ['RABBITMQ_URL', 'amqp://larder:s3cr3t-word@127.0.0.1:1'],
  ])(
    'names %s and the address when its server does not answer, and never falls back',
    async (variable, value) => {
      const begin = performance.now();
      const run = await start(home, { [variable]: value, REDIS_PORT: '1' });
      expect(await run.ended()).toBe(78);
      expect(run.output()).toMatch(new RegExp(`${variable}: .* at 127\\.0\\.0\\.1:1.* cannot be used`));
      expect(run.output()).not.toContain('s3cr3t-word');
      expect(performance.now() - begin).toBeLessThan(30_000);
    },
    60_000,
  );
});

describeUnless(
  isRoot ? null : 'only root runs PostgreSQL as another user',
  'npm start below a folder closed to others',
  () => {
    it('keeps PostgreSQL where its user can get at it, and says so in one line', async () => {
      const closed = await createTempDir('closed');
      await chmod(closed, 0o700);
      await mkdir(join(closed, 'project'));
      const run = await start(join(closed, 'project', '.larder'));
      try {
        await untilItRuns(run);
        expect(run.output()).toMatch(
          /\.larder is closed to the user postgres, so PostgreSQL and its data are in \/var\/lib\/larder\/\w+\n/,
        );
        expect((await run.client.get('/v1/products?limit=3')).status).toBe(200);
        await interrupt(run);
      } finally {
        const elsewhere = /in (\/var\/lib\/larder\/\w+)\n/.exec(run.output())?.[1];
        run.process.kill('SIGKILL');
        await run.ended();
        if (elsewhere !== undefined) {
          await removeDir(elsewhere);
          await rmdir(dirname(elsewhere)).catch(() => undefined); // others may have data there
        }
        await removeDir(closed);
      }
    }, 120_000);
  },
);
