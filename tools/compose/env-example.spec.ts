import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { loadConfig as loadAuth } from '../../apps/auth/src/config.js';
import { loadConfig as loadCatalog } from '../../apps/catalog/src/config.js';
import { loadConfig as loadGateway } from '../../apps/gateway/src/config.js';
import { loadConfig as loadInvalidator } from '../../apps/invalidator/src/config.js';

const APPS = { auth: loadAuth, catalog: loadCatalog, gateway: loadGateway, invalidator: loadInvalidator };
const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');

/** What stands in the file as it is, and with the examples that are commented out. */
const active = parseEnv(text);
const all = parseEnv(text.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));

const KEY = 'thirty-two-bytes-of-text-or-more';
const keys = {
  SERVICE_KEY_GATEWAY_AUTH: KEY,
  SERVICE_KEY_GATEWAY_CATALOG: KEY,
  SERVICE_KEY_INVALIDATOR_CATALOG: KEY,
  AUTH_DEVICE_KEY: KEY,
};

/** The names of the variables that `load` reads. */
function readBy(load: (env: NodeJS.ProcessEnv) => unknown): string[] {
  const names = new Set<string>();
  const env = new Proxy<NodeJS.ProcessEnv>(
    { ...all, ...keys },
    {
      get(target, name: string) {
        if (!name.endsWith('_FILE')) names.add(name);
        return target[name];
      },
    },
  );
  load(env);
  return [...names];
}

describe('.env.example', () => {
  it.each(Object.entries(APPS))('holds what %s accepts', (_app, load) => {
    expect(() => load({ ...all, ...keys })).not.toThrow();
  });

  it('names every variable that an app or the compose file reads, and no other', () => {
    const apps = Object.values(APPS).flatMap((load) => readBy(load));
    const inCompose = [...compose.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '');
    const files = ['REDIS_TLS_CA_FILE', 'SERVICE_TLS_CA_FILE', 'SERVICE_TLS_CERT_FILE', 'SERVICE_TLS_KEY_FILE'];
    const tools = Object.keys(all).filter((name) => /^((AUTH|CATALOG|INVALIDATOR)_OPS|AUTH|CATALOG)_PORT$/.test(name));
    const read = new Set([...apps, ...inCompose, ...tools, ...files]);
    expect(Object.keys(all).sort()).toEqual([...read].sort());
  });

  it('sets no secret', () => {
    expect(Object.keys(active).filter((name) => /KEY|PASSWORD|URL/.test(name))).toEqual([]);
  });
});
