import { environmentsOf, portsOf } from './apps.js';

describe('environmentsOf', () => {
  it('gives PORT and HOST to the gateway alone', () => {
    const { auth, catalog, gateway, invalidator } = environmentsOf({ PORT: '4000', HOST: '0.0.0.0', OPS_PORT: '4001' });
    expect([gateway['PORT'], gateway['HOST'], gateway['OPS_PORT']]).toEqual(['4000', '0.0.0.0', '4001']);
    expect([auth['PORT'], auth['HOST'], auth['OPS_PORT']]).toEqual(['3010', '127.0.0.1', '3011']);
    expect([catalog['PORT'], catalog['HOST'], catalog['OPS_PORT']]).toEqual(['3020', '127.0.0.1', '3021']);
    expect([invalidator['PORT'], invalidator['OPS_PORT']]).toEqual([undefined, '3031']);
  });

  it('moves a service and tells those that call it where it went', () => {
    const { catalog, gateway, invalidator } = environmentsOf({ CATALOG_PORT: '5020' });
    const told = [gateway, invalidator].map(({ CATALOG_ADDRESSES }) => CATALOG_ADDRESSES);
    expect([catalog['PORT'], ...told]).toEqual(['5020', '127.0.0.1:5020', '127.0.0.1:5020']);
  });

  it('makes up the same keys for both sides of a pair, and keeps those given', () => {
    const made = environmentsOf({});
    const key = 'SERVICE_KEY_GATEWAY_CATALOG';
    expect(made.gateway[key]).toBe(made.catalog[key]);
    expect(made.invalidator['SERVICE_KEY_INVALIDATOR_CATALOG']).toBe(made.catalog['SERVICE_KEY_INVALIDATOR_CATALOG']);
    expect(Buffer.byteLength(made.catalog[key]!)).toBeGreaterThanOrEqual(32);
    expect(environmentsOf({ [key]: 'given' }).catalog[key]).toBe('given');
    expect(environmentsOf({ [`${key}_FILE`]: '/run/key' }).catalog[key]).toBeUndefined();
  });
});

describe('portsOf', () => {
  it('names the variable that moves each port', () => {
    const ports = portsOf(environmentsOf({ HOST: '0.0.0.0' }));
    expect(ports.map(({ variable, host, port }) => `${variable} ${host}:${port}`)).toEqual([
      'AUTH_PORT 127.0.0.1:3010',
      'AUTH_OPS_PORT 127.0.0.1:3011',
      'INVALIDATOR_OPS_PORT 127.0.0.1:3031',
      'CATALOG_PORT 127.0.0.1:3020',
      'CATALOG_OPS_PORT 127.0.0.1:3021',
      'PORT 0.0.0.0:3000',
      'OPS_PORT 127.0.0.1:3001',
    ]);
  });

  it('leaves out a port that the system chooses', () => {
    expect(portsOf(environmentsOf({ PORT: '0' })).map(({ variable }) => variable)).not.toContain('PORT');
  });
});
