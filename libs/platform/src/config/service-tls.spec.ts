import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { Issuer, type IssuedFiles } from '../../test/credentials.js';
import { ConfigError, readEnvironment } from './read-environment.js';
import { serviceTls } from './service-tls.js';
import { serviceTlsVariables } from './variables.js';

const Config = z.object(serviceTlsVariables);
const VARIABLES = ['SERVICE_TLS_CA_FILE', 'SERVICE_TLS_CERT_FILE', 'SERVICE_TLS_KEY_FILE'] as const;
const ONE_DAY_MS = 24 * 60 * 60 * 1_000;

const issuer = new Issuer();
let files: IssuedFiles;

/** What is wrong; none when it is either in the clear or over TLS. */
function faultsOf(env: Record<string, string>, hosts: readonly string[] = []): readonly string[] {
  try {
    serviceTls('auth', readEnvironment(Config, env), hosts);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

function faultsWith(change: Partial<IssuedFiles>): readonly string[] {
  return faultsOf(Object.fromEntries(VARIABLES.map((name) => [name, { ...files, ...change }[name]])));
}

beforeEach(async () => {
  files = await issuer.issue('auth');
});

afterAll(() => {
  issuer.remove();
});

describe('serviceTls', () => {
  it('is TLS with all three files, and in the clear with none', () => {
    expect(serviceTls('auth', files, ['0.0.0.0'])).not.toBeNull();
    expect(serviceTls('auth', readEnvironment(Config, {}), ['127.0.0.1'])).toBeNull();
  });

  it.each(VARIABLES)('names those that are missing beside %s', (name) => {
    const missing = VARIABLES.filter((other) => other !== name);
    expect(faultsOf({ [name]: files[name] })).toEqual(
      missing.map((other) => `${other}: is missing; ${VARIABLES.join(', ')} go together`),
    );
  });

  it.each(['127.0.0.1', '127.8.0.1', 'localhost', '::1', '[::1]'])('lets calls stay in the clear on %s', (host) => {
    expect(faultsOf({}, ['127.0.0.1', host])).toEqual([]);
  });

  it.each(['0.0.0.0', '::', 'auth', '10.0.0.1', 'localhost.example', '127.0.0.1.example'])(
    'lets no call leave for %s in the clear unless told to',
    (host) => {
      const [fault, ...more] = faultsOf({}, ['127.0.0.1', host]);
      expect(more).toEqual([]);
      for (const text of [...VARIABLES, `(${host})`, 'SERVICE_PLAINTEXT']) expect(fault).toContain(text);
      expect(faultsOf({ SERVICE_PLAINTEXT: 'true' }, ['127.0.0.1', host])).toEqual([]);
    },
  );

  it.each(VARIABLES)('names %s when its file cannot be read or is something else', (name) => {
    expect(faultsWith({ [name]: '/nowhere/file.pem' })).toEqual([`${name}: the file cannot be read (ENOENT)`]);
    writeFileSync(files[name], 'hello');
    expect(faultsWith({})).toEqual([expect.stringMatching(`^${name}: holds no `)]);
    writeFileSync(files[name], '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(faultsWith({})).toEqual([expect.stringMatching(`^${name}: holds `)]);
  });

  it('names what does not fit', async () => {
    const other = new Issuer();
    const [alien, catalogs] = [await other.issue('auth'), await issuer.issue('catalog')];
    const { SERVICE_TLS_KEY_FILE, SERVICE_TLS_CERT_FILE, SERVICE_TLS_CA_FILE } = catalogs;
    expect(faultsWith({ SERVICE_TLS_KEY_FILE })).toEqual([
      'SERVICE_TLS_KEY_FILE: the key does not belong to the certificate in SERVICE_TLS_CERT_FILE',
    ]);
    expect(faultsWith({ SERVICE_TLS_KEY_FILE, SERVICE_TLS_CERT_FILE })).toEqual([
      'SERVICE_TLS_CERT_FILE: the certificate does not name this service, auth',
    ]);
    expect(faultsWith({ SERVICE_TLS_CA_FILE })).toEqual([]);
    expect(faultsWith({ SERVICE_TLS_CA_FILE: alien.SERVICE_TLS_CA_FILE })).toEqual([
      'SERVICE_TLS_CERT_FILE: the certificate was not issued by the authority in SERVICE_TLS_CA_FILE',
    ]);
    other.remove();
  });

  it.each([
    [-2, -1, 'the certificate has expired on '],
    [1, 2, 'the certificate is not valid before '],
  ])('names a certificate that is good from day %d to day %d', async (from, to, fault) => {
    const [notBefore, notAfter] = [from, to].map((days) => new Date(Date.now() + days * ONE_DAY_MS)) as [Date, Date];
    await issuer.issue('auth', ['auth'], { notBefore, notAfter });
    expect(faultsWith({})).toEqual([expect.stringMatching(`^SERVICE_TLS_CERT_FILE: ${fault}`)]);
  });
});
