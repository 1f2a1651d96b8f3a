import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceTls } from '@larder/platform';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig as loadAuth, loadDatabaseConfig } from '../../apps/auth/src/config.js';
import { startAuth } from '../../apps/auth/src/start-auth.js';
import { loadConfig as loadCatalog, loadImportConfig, loadMigrationConfig } from '../../apps/catalog/src/config.js';
import { startCatalog } from '../../apps/catalog/src/start-catalog.js';
import { loadConfig as loadGateway } from '../../apps/gateway/src/config.js';
import { startGateway } from '../../apps/gateway/src/start-gateway.js';
import { loadConfig as loadInvalidator } from '../../apps/invalidator/src/config.js';
import { startInvalidator } from '../../apps/invalidator/src/start-invalidator.js';
import { NODE_OPTIONS } from '../start/apps.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const Service = z.object({
  image: z.string(),
  build: z.object({ target: z.enum(['app', 'secrets', 'tools']) }).optional(),
  user: z.string().optional(),
  restart: z.enum(['unless-stopped', 'no']),
  healthcheck: z
    .union([
      z.object({ test: z.tuple([z.literal('CMD')], z.string()), interval: z.string() }),
      z.object({ disable: z.literal(true) }),
    ])
    .optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  ports: z.array(z.string()).optional(),
});
const Hardened = z.object({
  init: z.literal(true),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.never().optional(),
  privileged: z.never().optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  logging: z.object({ options: z.object({ 'max-size': z.string(), 'max-file': z.string() }) }),
  mem_limit: z.string(),
  cpus: z.number().max(1), // more than one is refused on a machine with one
  pids_limit: z.number(),
  stop_grace_period: z.string(),
});
const File = z.object({
  services: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.unknown()),
});

/** Whose secrets a service reads, where they are not its own: one-shots work for another. */
const OWNER: Readonly<Record<string, string>> = {
  'auth-migrate': 'auth',
  account: 'auth',
  'catalog-migrate': 'catalog',
  sample: 'catalog',
  import: 'catalog',
};

const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const file = File.parse(parse(read('docker-compose.yml'), { merge: true }));
const raw = Object.entries(file.services);
const services = raw.map(([name, service]) => ({ name, ...Service.parse(service) }));
const dockerfile = read('Dockerfile');

/** What the Dockerfile says of a service's image, in all its stages; empty for an image that is not ours. */
function stagesOf({ build }: (typeof services)[number]): string {
  const stages = dockerfile.split(/^FROM /m);
  const upTo = (name: string | undefined): string => {
    const stage = stages.find((text) => name !== undefined && text.split('\n', 1)[0]?.endsWith(` AS ${name}`));
    return stage === undefined ? '' : upTo(stage.split(' ', 1)[0]) + stage;
  };
  return upTo(build?.target);
}

describe('docker-compose.yml', () => {
  it.each(raw)('hardens %s', (_name, service) => {
    expect(Hardened.safeParse(service).error).toBeUndefined();
  });

  it.each(services)('runs $name as a user of its own', (service) => {
    const user = service.build ? /^USER (.*)$/m.exec(stagesOf(service))?.[1] : service.user;
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it.each(services.filter(({ build }) => build?.target === 'app'))('gives $name room for young objects', (service) => {
    expect(/^ENV NODE_OPTIONS=(.*)$/m.exec(stagesOf(service))?.[1]).toBe(NODE_OPTIONS);
  });

  it.each(services)('runs $name from a version that stands still', ({ build, image }) => {
    const base = /^ARG NODE=(.*)$/m.exec(dockerfile)?.[1];
    expect(build ? base : image).toMatch(/:\d+\.\d+(\.\d+)?(-|$)/);
  });

  it.each(services.filter(({ restart }) => restart !== 'no'))('knows when $name is well', (service) => {
    const { healthcheck } = service;
    expect(healthcheck ? 'test' in healthcheck : /^HEALTHCHECK /m.test(stagesOf(service))).toBe(true);
  });

  it.each(services.filter(({ name }) => name !== 'secrets'))('starts $name after what it needs', ({ depends_on }) => {
    expect(depends_on).toBeDefined();
    for (const [needed, { condition }] of Object.entries(depends_on ?? {})) {
      const { restart } = services.find(({ name }) => name === needed) ?? {};
      expect(condition).toBe(restart === 'no' ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  it('opens one door, on this machine alone unless told otherwise', () => {
    const inside = Object.entries(file.networks).filter(([, { internal }]) => internal);
    expect(inside.map(([name]) => name)).toEqual(['app', 'data', 'limits']);
    expect(services.filter(({ networks }) => networks?.includes('limits')).map(({ name }) => name)).toEqual([
      'gateway',
      'redis-cache',
    ]);
    for (const { name, networks, ports, network_mode } of services) {
      if (network_mode !== undefined) expect([name, network_mode]).toEqual(['secrets', 'none']);
      else if (name !== 'gateway') expect([ports, networks?.includes('edge')]).toEqual([undefined, false]);
      else
        expect([ports, networks]).toEqual([
          ['${GATEWAY_ADDRESS:-127.0.0.1}:${GATEWAY_PORT:-3000}:3000'],
          ['edge', 'app', 'limits'],
        ]);
    }
  });

  it('shows each service its own secrets, to read', () => {
    for (const { name, volumes } of services.filter((service) => service.name !== 'secrets')) {
      const own = `${OWNER[name] ?? name}-secrets:/secrets:ro`;
      expect([name, volumes.filter((volume) => /^([a-z-]+-secrets|vault):/.test(volume))]).toEqual([name, [own]]);
    }
    const named = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    expect(new Set(named.filter((name) => !name.startsWith('.')))).toEqual(new Set(Object.keys(file.volumes)));
  });
});

describe('the secrets of the compose stack', () => {
  const directory = mkdtempSync(join(tmpdir(), 'larder-secrets-'));
  const make = (): string =>
    execFileSync(process.execPath, [join(root, 'deploy/secrets/make-secrets.mjs'), directory], { encoding: 'utf8' });
  const secret = (path: string): string => readFileSync(join(directory, path), 'utf8');

  beforeAll(() => {
    expect(make()).toContain(' 0 kept, ');
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('stay as they are at the next start', () => {
    const paths = ['vault/values.json', 'rabbitmq/definitions.json', 'redis-cache/users.acl', 'auth/database-url'];
    paths.push('vault/authority.pem', 'gateway/certificate.pem', 'auth/key.pem');
    const before = paths.map(secret);
    expect(make()).toContain(' 0 made');
    expect(paths.map(secret)).toEqual(before);
  });

  it('are all different, and the vault is closed', () => {
    const values = Object.values(z.record(z.string(), z.string()).parse(JSON.parse(secret('vault/values.json'))));
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32);
    for (const path of ['vault/values.json', 'vault/authority-key.pem']) {
      expect(statSync(join(directory, path)).mode & 0o777).toBe(0o400);
    }
  });

  it.each(services)('are all that $name asks for', ({ name, environment }) => {
    for (const [variable, value] of Object.entries(environment)) {
      if (/KEY|PASSWORD|URL/.test(variable)) expect(variable).toMatch(/_FILE$/);
      if (variable.endsWith('_FILE')) expect(existsSync(pathOf(name, String(value)))).toBe(true);
    }
  });

  it.each([
    ['gateway', loadGateway],
    ['auth', loadAuth],
    ['auth-migrate', loadDatabaseConfig],
    ['catalog', loadCatalog],
    ['catalog-migrate', loadMigrationConfig],
    ['sample', loadMigrationConfig],
    ['import', loadImportConfig],
    ['account', loadDatabaseConfig],
    ['invalidator', loadInvalidator],
  ])('make an environment that %s accepts', (name, load) => {
    const { environment = {} } = services.find((service) => service.name === name) ?? {};
    const env = Object.entries(environment).map(([variable, value]) => [variable, resolved(name, String(value))]);
    expect(() => load(Object.fromEntries(env) as NodeJS.ProcessEnv)).not.toThrow();
  });

  it.each([
    ['gateway', loadGateway],
    ['auth', loadAuth],
    ['catalog', loadCatalog],
    ['invalidator', loadInvalidator],
  ])('let %s talk to other services over TLS, under its own name', (name, load) => {
    const { environment = {} } = services.find((service) => service.name === name) ?? {};
    const env = Object.entries(environment).map(([variable, value]) => [variable, resolved(name, String(value))]);
    expect(serviceTls(name, load(Object.fromEntries(env) as NodeJS.ProcessEnv), ['0.0.0.0'])).not.toBeNull();
    const files = Object.values(environment).filter((value) => String(value).endsWith('.pem'));
    expect(files.map((path) => statSync(pathOf(name, String(path))).mode & 0o777)).toEqual([0o444, 0o444, 0o444]);
  });

  it.each([
    ['gateway', async (env: NodeJS.ProcessEnv) => startGateway(loadGateway(env))],
    ['auth', async (env: NodeJS.ProcessEnv) => startAuth(loadAuth(env))],
    ['catalog', async (env: NodeJS.ProcessEnv) => startCatalog(loadCatalog(env))],
    ['invalidator', async (env: NodeJS.ProcessEnv) => startInvalidator(loadInvalidator(env))],
  ])('are needed: %s does not start without a certificate', async (name, start) => {
    const { environment = {} } = services.find((service) => service.name === name) ?? {};
    const others = Object.entries(environment).filter(([variable]) => !variable.startsWith('SERVICE_TLS_'));
    const env = others.map(([variable, value]) => [variable, resolved(name, String(value))]);
    await expect(start(Object.fromEntries(env) as NodeJS.ProcessEnv)).rejects.toThrow('SERVICE_TLS_CERT_FILE');
  });

  it('keep the key of the authority in the vault alone', () => {
    const key = secret('vault/authority-key.pem');
    const others = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('vault'))
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((text) => text.includes(key.trim()))).toEqual([]);
  });

  const pathOf = (service: string, path: string): string =>
    path.replace('/secrets', join(directory, OWNER[service] ?? service));
  const resolved = (service: string, value: string): string =>
    value.startsWith('/secrets/') ? pathOf(service, value) : value.replace(/^\$\{[A-Z_]+:-(.*)\}$/, '$1');
});
