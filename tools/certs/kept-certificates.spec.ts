import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { forDays, makeCertificate } from './certificates.mjs';
import { keepCertificates, type KeptCertificate } from './kept-certificates.mjs';

const COMMAND = fileURLToPath(new URL('../certs.mjs', import.meta.url));
const SERVICES = ['gateway', 'auth', 'catalog', 'invalidator'];
const DAY_MS = 24 * 60 * 60 * 1_000;

const directory = mkdtempSync(join(tmpdir(), 'larder-certs-'));
const pem = (path: string): string => readFileSync(join(directory, path), 'utf8');
const keep = (): Promise<KeptCertificate[]> => keepCertificates({ directory, vault: join(directory, 'authority') });
const madeOf = (kept: readonly KeptCertificate[]): string[] => kept.filter(({ made }) => made).map(({ name }) => name);

/** What a service shows and trusts. */
function credentialsOf(service: string): { ca: string; cert: string; key: string } {
  return { ca: pem(`${service}/ca.pem`), cert: pem(`${service}/certificate.pem`), key: pem(`${service}/key.pem`) };
}

/** Connects one service to another; whether each accepts the other. */
async function meet(caller: string, called: string): Promise<{ authorized: boolean; served: boolean }> {
  const server = createServer({ ...credentialsOf(called), requestCert: true, rejectUnauthorized: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const served = new Promise<boolean>((resolve) => {
    server.once('secureConnection', () => {
      resolve(true);
    });
    server.once('tlsClientError', () => {
      resolve(false);
    });
  });
  const socket = connect({ port, host: '127.0.0.1', servername: called, ...credentialsOf(caller) });
  await once(socket, 'secureConnect');
  const outcome = { authorized: socket.authorized, served: await served };
  socket.destroy();
  server.close();
  return outcome;
}

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('npm run certs', () => {
  it('makes an authority, and a certificate for each service, of which only its owner can read the key', () => {
    const said = execFileSync(process.execPath, [COMMAND, directory], { encoding: 'utf8' });
    expect(said.split('\n').map((line) => line.split(',', 1)[0])).toEqual([
      ...SERVICES.map((name) => `${name}: made`),
      '',
    ]);
    for (const name of SERVICES) {
      expect(statSync(join(directory, name, 'key.pem')).mode & 0o777).toBe(0o600);
      expect(readdirSync(join(directory, name)).sort()).toEqual(['ca.pem', 'certificate.pem', 'key.pem']);
      const certificate = new X509Certificate(pem(`${name}/certificate.pem`));
      expect([certificate.subjectAltName, certificate.ca]).toEqual([`DNS:${name}`, false]);
    }
    expect(statSync(join(directory, 'authority')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'authority/authority-key.pem')).mode & 0o777).toBe(0o400);
  });

  it.each([['--help'], [], ['one', 'two']])('says what it does when asked for %j', (...asked) => {
    const run = (): string => execFileSync(process.execPath, [COMMAND, ...asked], { encoding: 'utf8', stdio: 'pipe' });
    if (asked[0] === '--help') expect(run()).toContain('npm run certs -- DIRECTORY');
    else expect(run).toThrow('Command failed');
  });

  it('makes certificates that Node accepts at both ends', async () => {
    expect(await meet('gateway', 'catalog')).toEqual({ authorized: true, served: true });
  });

  it('keeps what is good', async () => {
    const before = SERVICES.map(credentialsOf);
    expect(madeOf(await keep())).toEqual([]);
    expect(SERVICES.map(credentialsOf)).toEqual(before);
  });

  it('renews what ends within 30 days, does not fit, or is gone', async () => {
    const authority = { certificate: pem('authority/authority.pem'), key: pem('authority/authority-key.pem') };
    const put = async (service: string, name: string, days: number): Promise<void> => {
      const { certificate, key } = await makeCertificate(authority, { names: [name], ...forDays(days) });
      writeFileSync(join(directory, service, 'certificate.pem'), certificate);
      writeFileSync(join(directory, service, 'key.pem'), key);
    };
    await put('gateway', 'gateway', 29);
    await put('auth', 'catalog', 300);
    await put('catalog', 'catalog', 31);
    writeFileSync(join(directory, 'invalidator/key.pem'), pem('gateway/key.pem'));
    expect(madeOf(await keep())).toEqual(['gateway', 'auth', 'invalidator']);
    expect(await meet('invalidator', 'auth')).toEqual({ authorized: true, served: true });
    rmSync(join(directory, 'auth'), { recursive: true });
    expect(madeOf(await keep())).toEqual(['auth']);
  });

  it('makes everything anew under a new authority', async () => {
    const before = new X509Certificate(pem('catalog/certificate.pem'));
    rmSync(join(directory, 'authority'), { recursive: true });
    const kept = await keep();
    expect(madeOf(kept)).toEqual(SERVICES);
    expect(before.verify(new X509Certificate(pem('catalog/ca.pem')).publicKey)).toBe(false);
    expect(await meet('gateway', 'auth')).toEqual({ authorized: true, served: true });
    for (const { until } of kept) expect(Math.round((until.getTime() - Date.now()) / DAY_MS)).toBe(365);
  });
});
