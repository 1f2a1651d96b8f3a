import { loadConfig } from './config.js';

const KEYS = { SERVICE_KEY_GATEWAY_AUTH: 'a'.repeat(32), SERVICE_KEY_GATEWAY_CATALOG: 'c'.repeat(32) };

describe("the gateway's configuration", () => {
  it('needs the two keys only', () => {
    expect(loadConfig(KEYS)).toMatchObject({
      PORT: 3000,
      OPS_PORT: 3001,
      CATALOG_ADDRESSES: [{ host: '127.0.0.1', port: 3020 }],
      AUTH_ADDRESSES: [{ host: '127.0.0.1', port: 3010 }],
      ALLOWED_HOSTS: ['localhost', '127.0.0.1', '[::1]'],
      REQUEST_TIMEOUT_MS: 2_000,
      SHUTDOWN_DELAY_MS: 0,
      TRUSTED_PROXIES: [],
      RATE_LIMIT_REQUESTS: 3_000,
      RATE_LIMIT_CHANGES: 300,
    });
  });

  it('reads a list of proxies', () => {
    expect(loadConfig({ ...KEYS, TRUSTED_PROXIES: '10.0.0.1, fd00::/8' }).TRUSTED_PROXIES).toHaveLength(2);
  });

  it('reads a list of hosts', () => {
    expect(loadConfig({ ...KEYS, ALLOWED_HOSTS: 'Shop.example, [::1]' }).ALLOWED_HOSTS).toEqual([
      'shop.example',
      '[::1]',
    ]);
  });

  it.each([
    [{ SERVICE_KEY_GATEWAY_AUTH: 'short-secret' }, /SERVICE_KEY_GATEWAY_AUTH(?!.*short-secret)/s],
    [{ ALLOWED_HOSTS: 'shop.example:3000' }, /ALLOWED_HOSTS/],
    [{ REQUEST_TIMEOUT_MS: '0' }, /REQUEST_TIMEOUT_MS/],
    [{ SHUTDOWN_DELAY_MS: '5001' }, /SHUTDOWN_DELAY_MS/],
    [{ CATALOG_ADDRESSES: 'catalog' }, /CATALOG_ADDRESSES: must be a list/],
    [{ AUTH_ADDRESSES: 'auth:1,auth:1' }, /AUTH_ADDRESSES: must be a list of different/],
    [{ AUTH_ADDRESSES: 'auth:3010,' }, /AUTH_ADDRESSES/],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, /TRUSTED_PROXIES: must be a list(?!.*33)/s],
    [{ TRUSTED_PROXIES: '10.0.0.1,,10.0.0.2' }, /TRUSTED_PROXIES/],
    [{ TRUSTED_PROXIES: 'proxy.example' }, /TRUSTED_PROXIES/],
    [{ RATE_LIMIT_CHANGES: '0' }, /RATE_LIMIT_CHANGES/],
  ])('refuses %j by name', (wrong, message) => {
    expect(() => loadConfig({ ...KEYS, ...wrong })).toThrow(message);
  });
});
