import { redisSettings } from '@larder/platform';
import { loadConfig } from './config.js';

const KEYS = ['SERVICE_KEY_GATEWAY_CATALOG', 'SERVICE_KEY_INVALIDATOR_CATALOG'];
const NEEDED = {
  DATABASE_URL: 'postgresql://larder:pw@localhost/larder',
  SERVICE_KEY_GATEWAY_CATALOG: 'x'.repeat(32),
  SERVICE_KEY_INVALIDATOR_CATALOG: 'y'.repeat(32),
};

describe("the catalog's configuration", () => {
  it('has a default for all but the database and the keys', () => {
    expect(loadConfig(NEEDED)).toMatchObject({ PORT: 3020, OPS_PORT: 3021, RUN_MIGRATIONS: true, DATABASE_POOL: 20 });
    expect(redisSettings(loadConfig(NEEDED))).toBeNull();
  });

  it('names all that is wrong at once, and no value', () => {
    const load = () =>
      loadConfig({ DATABASE_URL: 'mysql://a:secret-word@b', RABBITMQ_URL: 'http://secret-word@x', PORT: '-1' });
    for (const name of ['DATABASE_URL', 'RABBITMQ_URL', 'PORT', ...KEYS]) expect(load).toThrow(name);
    expect(load).not.toThrow('secret-word');
  });

  it('describes Redis with what is set', () => {
    const config = loadConfig({
      ...NEEDED,
      REDIS_HOST: 'cache',
      REDIS_USERNAME: 'catalog',
      REDIS_PASSWORD: 'pw',
      REDIS_TLS: 'true',
    });
    expect(redisSettings(config)).toEqual({ host: 'cache', port: 6379, username: 'catalog', password: 'pw', tls: {} });
    expect(() => redisSettings({ ...config, REDIS_TLS_CA_FILE: '/nowhere/ca.pem' })).toThrow('REDIS_TLS_CA_FILE');
  });
});
