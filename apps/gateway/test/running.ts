import type { RunningRpcServer } from '@larder/platform';
import { loadConfig } from '../src/config.js';
import { startGateway, type RunningGateway } from '../src/start-gateway.js';
import { authStandIn, catalogStandIn, KEYS, startStandIn, type Seen } from './stand-ins.js';

/** Of a test that is not about deadlines, in milliseconds: no request comes near it, on a busy machine either. */
const AMPLE_MS = 2_000;

/** A gateway on free ports with stand-ins behind it. */
export interface Running {
  readonly gateway: RunningGateway;
  readonly catalog: RunningRpcServer;
  readonly auth: RunningRpcServer;
  readonly seen: Seen;
  readonly close: () => Promise<void>;
}

/**
 * Starts a gateway before two services of the test's own; a request takes `timeoutMs` at most. Of one client it takes as
 * many as a test sends, unless `variables` say otherwise.
 */
export async function run(timeoutMs = AMPLE_MS, variables: Readonly<Record<string, string>> = {}): Promise<Running> {
  const seen: Seen = { calls: [], account: null, inputs: {}, memory: {}, memoryFault: 'none' };
  const [catalog, auth] = await Promise.all([
    startStandIn('catalog', catalogStandIn(seen)),
    startStandIn('auth', authStandIn(seen)),
  ]);
  const gateway = await runGateway({ catalog, auth }, timeoutMs, variables);
  const close = async (): Promise<void> => {
    await gateway.close();
    await Promise.all([catalog.close(), auth.close()]);
  };
  return { gateway, catalog, auth, seen, close };
}

/** Starts one more gateway before the same services. */
export function runGateway(
  { catalog, auth }: Pick<Running, 'catalog' | 'auth'>,
  timeoutMs = AMPLE_MS,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  return startGateway(
    loadConfig({
      PORT: '0',
      OPS_PORT: '0',
      CATALOG_ADDRESSES: `127.0.0.1:${catalog.port}`,
      AUTH_ADDRESSES: `127.0.0.1:${auth.port}`,
      SERVICE_KEY_GATEWAY_AUTH: KEYS.auth,
      SERVICE_KEY_GATEWAY_CATALOG: KEYS.catalog,
      REQUEST_TIMEOUT_MS: String(timeoutMs),
      LOG_LEVEL: 'silent',
      RATE_LIMIT_REQUESTS: '1000000',
      RATE_LIMIT_CHANGES: '1000000',
      ...variables,
    }),
  );
}
