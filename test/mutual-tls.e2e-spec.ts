import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { keepCertificates } from '../tools/certs/kept-certificates.mjs';
import { createTempDir, removeDir, until } from '../tools/services/index.js';
import { APPS, type AppName } from '../tools/start/apps.js';
import { Client } from './support/http.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type System, type Variables } from './support/system.js';

let directory: string;
let system: System;
let shelf: Shelf;

const keep = () => keepCertificates({ directory, vault: join(directory, 'authority') });

/** The variables with which each app finds its own files. */
function variablesOf(): Record<AppName, Variables> {
  const of = (app: AppName): Variables => ({
    SERVICE_TLS_CA_FILE: join(directory, app, 'ca.pem'),
    SERVICE_TLS_CERT_FILE: join(directory, app, 'certificate.pem'),
    SERVICE_TLS_KEY_FILE: join(directory, app, 'key.pem'),
  });
  return Object.fromEntries(APPS.map((app) => [app, of(app)])) as Record<AppName, Variables>;
}

/** Reads, signs in, and fills a cart: through auth and the catalog. */
async function shop(url: string): Promise<number[]> {
  const client = new Client(url);
  const read = await client.get(`/v1/products/${shelf.productIds[0]!}`);
  await client.login(DEMO_ACCOUNTS[1]!);
  const added = await client.post('/v1/cart/items', { productId: shelf.productIds[0]!, quantity: 1 });
  return [read.status, added.status];
}

beforeAll(async () => {
  directory = await createTempDir('certificates');
  await keep();
  system = await startSystem({ variablesOf: variablesOf() });
  shelf = await fillShelf(system.databaseUrl, 'Tea', 1);
}, 120_000);

afterAll(async () => {
  await system.stop();
  await removeDir(directory);
});

describe('the system with certificates', () => {
  it('serves, and all its services reach each other', async () => {
    expect(await shop(system.url)).toEqual([200, 200]);
    const ready = await fetch(`${system.operations.invalidator}/readyz`);
    expect(await ready.json()).toMatchObject({ checks: { catalog: 'up' } });
  });

  it('speaks to nobody in the clear, and to nobody without a certificate', async () => {
    const { catalogPort: port } = system;
    let heard = '';
    const tcp = connectTcp(port, '127.0.0.1', () => tcp.write('20#{"pattern":"x","id":1}'));
    tcp.on('error', () => undefined).on('data', (chunk) => (heard += chunk.toString('latin1')));
    await new Promise((resolve) => tcp.once('close', resolve));
    expect(heard).not.toContain('{');
    const tls = connectTls({ port, host: '127.0.0.1', servername: 'catalog', rejectUnauthorized: false });
    tls.on('error', () => undefined);
    await once(tls, 'secureConnect');
    expect(tls.getPeerX509Certificate()?.subjectAltName).toBe('DNS:catalog');
    if (!tls.destroyed) await new Promise((resolve) => tls.once('close', resolve));
  });

  it('goes over to a new authority without a restart', async () => {
    rmSync(join(directory, 'authority'), { recursive: true });
    await keep();
    const door = await system.addDoor();
    await until('the new gateway is served by the old auth', 10_000, async () => {
      expect(await shop(door.url)).toEqual([200, 200]);
    });
    expect(await shop(system.url)).toEqual([200, 200]);
  });
});
