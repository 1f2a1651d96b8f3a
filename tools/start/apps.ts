import { randomBytes } from 'node:crypto';

/** The four apps, in the order in which they start: the invalidator's queue exists before the catalog publishes. */
export const APPS = ['auth', 'invalidator', 'catalog', 'gateway'] as const;

export type AppName = (typeof APPS)[number];

/**
 * Room for young objects, in MiB for each half. In Node's 16 an app under load is out of room some forty times a second, and each
 * time moves the objects of all requests in flight; with more it does a third more in the same time.
 */
export const NODE_OPTIONS = '--max-semi-space-size=64';

const LOOPBACK = '127.0.0.1';

const DEFAULTS = {
  NODE_OPTIONS,
  HOST: LOOPBACK,
  PORT: '3000',
  OPS_PORT: '3001',
  AUTH_PORT: '3010',
  AUTH_OPS_PORT: '3011',
  CATALOG_PORT: '3020',
  CATALOG_OPS_PORT: '3021',
  INVALIDATOR_OPS_PORT: '3031',
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A port that an app listens on, and the variable that moves it when all apps run on one machine. */
export interface PortInUse {
  readonly app: AppName;
  readonly variable: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Each app's environment, made from one for all of them: PORT, HOST and OPS_PORT are the gateway's; AUTH_PORT, CATALOG_PORT,
 * AUTH_OPS_PORT, CATALOG_OPS_PORT and INVALIDATOR_OPS_PORT move the others, which listen on 127.0.0.1.
 * Keys that are not given are made up for this run.
 */
export function environmentsOf(env: Environment): Record<AppName, NodeJS.ProcessEnv> {
  const { PORT, HOST, OPS_PORT, ...common } = { ...DEFAULTS, ...env };
  const shared = { ...common, ...missingKeys(env), HOST: LOOPBACK };
  const CATALOG_ADDRESSES = `${LOOPBACK}:${common.CATALOG_PORT}`;
  const AUTH_ADDRESSES = `${LOOPBACK}:${common.AUTH_PORT}`;
  return {
    auth: { ...shared, PORT: common.AUTH_PORT, OPS_PORT: common.AUTH_OPS_PORT },
    invalidator: { ...shared, CATALOG_ADDRESSES, OPS_PORT: common.INVALIDATOR_OPS_PORT },
    catalog: { ...shared, PORT: common.CATALOG_PORT, OPS_PORT: common.CATALOG_OPS_PORT },
    gateway: { ...shared, AUTH_ADDRESSES, CATALOG_ADDRESSES, HOST, PORT, OPS_PORT },
  };
}

/** Every port that the apps will listen on. */
export function portsOf(environments: Record<AppName, NodeJS.ProcessEnv>): PortInUse[] {
  return APPS.flatMap((app) => {
    const env = environments[app];
    const prefix = app === 'gateway' ? '' : `${app.toUpperCase()}_`;
    return (['PORT', 'OPS_PORT'] as const).flatMap((name) => {
      const port = Number(env[name]);
      const host = (name === 'PORT' ? env['HOST'] : env['OPS_HOST']) ?? LOOPBACK;
      return env[name] === undefined || !(port > 0) ? [] : [{ app, variable: prefix + name, host, port }];
    });
  });
}

/** The address behind a port's variable, as this machine reaches it. */
export function urlOf(ports: readonly PortInUse[], wanted: string): string {
  const found = ports.find(({ variable }) => variable === wanted);
  const host = found?.host === '0.0.0.0' ? 'localhost' : (found?.host ?? 'localhost');
  return `http://${host}:${found?.port ?? 0}`;
}

function missingKeys(env: Environment): Record<string, string> {
  const names = [
    'SERVICE_KEY_GATEWAY_AUTH',
    'SERVICE_KEY_GATEWAY_CATALOG',
    'SERVICE_KEY_INVALIDATOR_CATALOG',
    'AUTH_DEVICE_KEY',
  ];
  const missing = names.filter((name) => env[name] === undefined && env[`${name}_FILE`] === undefined);
  return Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('base64url')]));
}
