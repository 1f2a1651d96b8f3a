import { redisSettings } from '@larder/platform';
import { loadConfig } from './config.js';
import { AppModule } from './app.module.js';

const KEY = { SERVICE_KEY_INVALIDATOR_CATALOG: 'x'.repeat(32) };

describe('loadConfig', () => {
  it('needs no more than the key in an embedded start', () => {
    const own = { OPS_HOST: '127.0.0.1', OPS_PORT: 3031, LOG_LEVEL: 'info' };
    expect(loadConfig(KEY)).toMatchObject({ ...own, CATALOG_ADDRESSES: [{ host: '127.0.0.1', port: 3020 }] });
    expect(redisSettings(loadConfig(KEY))).toBeNull();
    expect(loadConfig(KEY).AUDIT_EVENTS_PER_SECOND).toBe(20);
    expect(() => loadConfig({})).toThrow('SERVICE_KEY_INVALIDATOR_CATALOG');
  });

  it('names every wrong variable, and no value', () => {
    const wrong = { OPS_PORT: 'x', RABBITMQ_URL: 'http://guest:s3cret@mq', REDIS_PORT: '0.5' };
    expect(() => loadConfig(wrong)).toThrow(/OPS_PORT[^]*REDIS_PORT|REDIS_PORT[^]*OPS_PORT/);
    expect(() => loadConfig(wrong)).toThrow('RABBITMQ_URL');
    expect(() => loadConfig(wrong)).not.toThrow('s3cret');
  });

  it('reads the settings of Redis', () => {
    const env = { ...KEY, REDIS_HOST: 'cache', REDIS_USERNAME: 'invalidator', REDIS_PASSWORD: 'pw', REDIS_TLS: 'true' };
    expect(redisSettings(loadConfig(env))).toEqual({
      ...{ host: 'cache', port: 6379, username: 'invalidator', password: 'pw', tls: {} },
    });
  });

  it('says which server is missing when there is no twin', () => {
    expect(() => AppModule.with(loadConfig(KEY), {})).toThrow('REDIS_HOST');
    expect(() => AppModule.with(loadConfig({ ...KEY, REDIS_HOST: 'cache' }), {})).toThrow('RABBITMQ_URL');
  });
});
