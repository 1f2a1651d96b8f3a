import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, readEnvironment } from './read-environment.js';
import { flag, redisVariables, secret, serverVariables } from './variables.js';

const Config = z.object({
  ...serverVariables(3020, 3021),
  ...redisVariables,
  SERVICE_KEY_GATEWAY_CATALOG: secret(),
  RUN_MIGRATIONS: flag(true),
});
const KEY = 'thirty-two-bytes-of-text-or-more';
const folder = mkdtempSync(join(tmpdir(), 'larder-config-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readEnvironment(Config, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('readEnvironment', () => {
  it('fills in what is not set', () => {
    expect(readEnvironment(Config, { SERVICE_KEY_GATEWAY_CATALOG: KEY })).toEqual({
      HOST: '127.0.0.1',
      PORT: 3020,
      OPS_HOST: '127.0.0.1',
      OPS_PORT: 3021,
      LOG_LEVEL: 'info',
      REDIS_TLS: false,
      RUN_MIGRATIONS: true,
      SERVICE_KEY_GATEWAY_CATALOG: KEY,
    });
  });

  it('reads numbers and flags', () => {
    const env = { PORT: '0', REDIS_TLS: 'true', RUN_MIGRATIONS: 'false', SERVICE_KEY_GATEWAY_CATALOG: KEY };
    expect(readEnvironment(Config, env)).toMatchObject({ PORT: 0, REDIS_TLS: true, RUN_MIGRATIONS: false });
  });

  it('takes an empty variable for an absent one', () => {
    const env = { PORT: '', REDIS_HOST: '', REDIS_PASSWORD_FILE: '', SERVICE_KEY_GATEWAY_CATALOG: KEY };
    const config = readEnvironment(Config, env);
    expect(config.PORT).toBe(3020);
    expect(config.REDIS_HOST).toBeUndefined();
    expect(config.REDIS_PASSWORD).toBeUndefined();
  });

  it('reads a secret from a file, without its last line break', () => {
    const env = { SERVICE_KEY_GATEWAY_CATALOG_FILE: file('key', `${KEY} \n`), REDIS_TLS_CA_FILE: '/etc/ca.pem' };
    const config = readEnvironment(Config, env);
    expect(config.SERVICE_KEY_GATEWAY_CATALOG).toBe(`${KEY} `);
    expect(config.REDIS_TLS_CA_FILE).toBe('/etc/ca.pem');
  });

  it('names every variable that is wrong, and no value', () => {
    const env = {
      PORT: '70000',
      OPS_PORT: 'many',
      REDIS_TLS: 'perhaps',
      LOG_LEVEL: 'loud',
      SERVICE_KEY_GATEWAY_CATALOG: 'hunter2',
      REDIS_PASSWORD: 'hunter2',
      REDIS_PASSWORD_FILE: '/nowhere/hunter2',
      REDIS_USERNAME_FILE: '/nowhere/hunter2',
    };
    const text = faultsOf(env).join('\n');
    for (const name of Object.keys(env)) expect(text).toContain(name);
    for (const value of ['70000', 'many', 'perhaps', 'loud', 'hunter2']) expect(text).not.toContain(value);
    expect(text).toContain('ENOENT');
  });

  it('says what to do about a missing secret', () => {
    expect(faultsOf({})).toEqual([expect.stringMatching(/^SERVICE_KEY_GATEWAY_CATALOG: is missing.*_FILE/)]);
  });

  it('refuses a secret of 31 bytes', () => {
    expect(faultsOf({ SERVICE_KEY_GATEWAY_CATALOG: KEY.slice(1) })).toEqual([
      'SERVICE_KEY_GATEWAY_CATALOG: must have at least 32 bytes',
    ]);
  });
});
