import { randomUUID } from 'node:crypto';
import { auth } from '@larder/contracts';
import {
  RemoteError,
  RpcClient,
  type InputOf,
  type OutputOf,
  type Procedure,
  type RunningService,
} from '@larder/platform';
import { loadConfig } from '../src/config.js';
import { startAuth } from '../src/start-auth.js';
import type { AuthTwins } from '../src/twins.js';

const KEY = 'a key of the tests, forty characters long';
/** The key of the devices' tokens. */
export const DEVICE_KEY = 'another key of the tests, forty-one chars';
export const PASSWORD = 'a-long-walk-to-the-orchard';

/** An auth service in this process, and calls to it as the gateway makes them. */
export interface AuthUnderTest {
  readonly opsPort: number;
  call<P extends Procedure>(procedure: P, input: InputOf<P>): Promise<OutputOf<P>>;
  /** The code of the refusal; fails if there is none. */
  refusal<P extends Procedure>(procedure: P, input: InputOf<P>): Promise<RemoteError>;
  /** Registers a new address with {@link PASSWORD}. */
  register(): Promise<string>;
  /** Signs in and answers the secret. */
  login(
    email: string,
    more?: { secret?: string; password?: string; address?: string; deviceToken?: string },
  ): Promise<string>;
  close(): Promise<void>;
}

/** Starts it on free ports, with `variables` over the defaults. */
export async function startUnderTest(
  variables: Record<string, string>,
  twins: AuthTwins,
  opsPort = 0,
): Promise<AuthUnderTest> {
  const config = loadConfig({
    PORT: '0',
    OPS_PORT: String(opsPort),
    LOG_LEVEL: 'silent',
    SERVICE_KEY_GATEWAY_AUTH: KEY,
    AUTH_DEVICE_KEY: DEVICE_KEY,
    ...variables,
  });
  const service: RunningService = await startAuth(config, twins);
  const port = service.port ?? 0;
  const client = new RpcClient({
    service: 'gateway',
    upstream: 'auth',
    addresses: [{ host: '127.0.0.1', port }],
    key: KEY,
  });

  const call = async <P extends Procedure>(procedure: P, input: InputOf<P>): Promise<OutputOf<P>> => {
    const context = { requestId: randomUUID(), principal: null, deadlineMs: Date.now() + 5_000 };
    return (await client.call(procedure, input, context)).data;
  };
  const refusal: AuthUnderTest['refusal'] = async (procedure, input) => {
    const outcome: unknown = await call(procedure, input).catch((error: unknown) => error);
    if (!(outcome instanceof RemoteError)) throw new Error(`expected a refusal, got ${JSON.stringify(outcome)}`);
    return outcome;
  };
  return {
    opsPort,
    call,
    refusal,
    register: async () => {
      const email = `${randomUUID()}@example.com`;
      await call(auth.register, { email, password: PASSWORD });
      return email;
    },
    login: async (email, { secret = null, password = PASSWORD, ...more } = {}) => {
      const answer = await call(auth.login, { email, password, secret, device: 'a test', ...more });
      return answer.cookie?.secret ?? '';
    },
    close: async () => {
      client.close();
      await service.close();
    },
  };
}
