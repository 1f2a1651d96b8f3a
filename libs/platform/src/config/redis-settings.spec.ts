import { z } from 'zod';
import { ConfigError, readEnvironment } from './read-environment.js';
import { redisSettings } from './redis-settings.js';
import { redisVariables } from './variables.js';

const Config = z.object(redisVariables);
const settingsOf = (env: Record<string, string>): ReturnType<typeof redisSettings> =>
  redisSettings(readEnvironment(Config, env));

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    settingsOf(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('redisSettings', () => {
  it('knows no Redis unless a variable says where one is', () => {
    expect(settingsOf({ REDIS_USERNAME: 'app', REDIS_PASSWORD: 'pw' })).toBeNull();
  });

  it('describes one server', () => {
    expect(settingsOf({ REDIS_HOST: 'cache' })).toEqual({ host: 'cache', port: 6379 });
    expect(settingsOf({ REDIS_HOST: 'cache', REDIS_PORT: '7', REDIS_TLS: 'true' })).toEqual({
      ...{ host: 'cache', port: 7, tls: {} },
    });
  });

  it('describes the master that Sentinels watch, with their user and its own', () => {
    const env = {
      REDIS_SENTINELS: 'one:26379, [::1]:26380',
      REDIS_SENTINEL_NAME: 'larder',
      REDIS_SENTINEL_USERNAME: 'watcher',
      REDIS_SENTINEL_PASSWORD: 'its-pw',
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: 'pw',
    };
    expect(settingsOf(env)).toEqual({
      sentinels: [
        { host: 'one', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      name: 'larder',
      ...{ sentinelUsername: 'watcher', sentinelPassword: 'its-pw', username: 'app', password: 'pw' },
    });
  });

  it('describes a Cluster by some of its nodes', () => {
    expect(settingsOf({ REDIS_CLUSTER_NODES: '10.0.0.1:7000,node-2.example:7001', REDIS_PASSWORD: 'pw' })).toEqual({
      cluster: [
        { host: '10.0.0.1', port: 7000 },
        { host: 'node-2.example', port: 7001 },
      ],
      password: 'pw',
    });
  });

  it.each([
    'one',
    'one:',
    ':1',
    'one:0',
    'one:65536',
    'one:6379,',
    'one:6379,,two:6379',
    'redis://one:6379',
    'a b:1',
    'one:1,one:1',
  ])('refuses %j for a list of addresses, without repeating it', (list) => {
    const faults = faultsOf({ REDIS_SENTINELS: list, REDIS_SENTINEL_NAME: 'larder' });
    expect(faults).toEqual(['REDIS_SENTINELS: must be a list of different addresses such as one:6379,two:6379']);
  });

  const sentinels = { REDIS_SENTINELS: 'one:1', REDIS_SENTINEL_NAME: 'larder' };
  const cluster = { REDIS_CLUSTER_NODES: 'one:1' };

  it.each([
    [{ REDIS_HOST: 'cache', ...sentinels }, ['REDIS_HOST, REDIS_SENTINELS: set one of them, not more']],
    [{ REDIS_HOST: 'cache', ...cluster }, ['REDIS_HOST, REDIS_CLUSTER_NODES: set one of them, not more']],
    [{ ...sentinels, ...cluster }, ['REDIS_SENTINELS, REDIS_CLUSTER_NODES: set one of them, not more']],
    [{ REDIS_SENTINELS: 'one:1' }, ['REDIS_SENTINEL_NAME: is missing; set it to what REDIS_SENTINELS call the master']],
    [{ ...sentinels, REDIS_PORT: '1' }, ['REDIS_PORT: goes with REDIS_HOST, not with REDIS_SENTINELS']],
    [
      { ...cluster, REDIS_SENTINEL_NAME: 'a', REDIS_PORT: '1' },
      [
        'REDIS_PORT: goes with REDIS_HOST, not with REDIS_CLUSTER_NODES',
        'REDIS_SENTINEL_NAME: goes with REDIS_SENTINELS, not with REDIS_CLUSTER_NODES',
      ],
    ],
    [
      { REDIS_HOST: 'cache', REDIS_SENTINEL_PASSWORD: 'hunter2' },
      ['REDIS_SENTINEL_PASSWORD: goes with REDIS_SENTINELS, not with REDIS_HOST'],
    ],
    [{ REDIS_HOST: 'cache', REDIS_TLS_CA_FILE: '/ca.pem' }, ['REDIS_TLS_CA_FILE: goes with REDIS_TLS=true']],
    [
      { REDIS_HOST: 'cache', REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/nowhere/ca.pem' },
      ['REDIS_TLS_CA_FILE: cannot be read'],
    ],
  ])('names what does not go together in %j', (env, faults) => {
    expect(faultsOf(env)).toEqual(faults);
  });
});
