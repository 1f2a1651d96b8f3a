import type { DynamicModule, INestMicroservice, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Health } from '../../operations/health.js';
import type { RunningService } from '../../service/running-service.js';
import { RPC_ACCESS, type RpcAccess } from './rpc-access.js';
import { RpcServer, type RpcServerAddress } from './rpc-server.js';

/** What {@link startRpcServer} takes beside the module. */
export interface RpcServerStart extends RpcServerAddress {
  /** Where the app logs; `false` for nowhere. */
  readonly logger: LoggerService | false;
}

/** A service that answers calls on `port`. */
export interface RunningRpcServer extends RunningService {
  readonly port: number;
  /** The app, to take providers out of. */
  readonly app: INestMicroservice;
}

/**
 * Starts `module` as a service that answers calls; resolves once it does.
 * Its `close` says so on /readyz, lets callers go elsewhere and the calls in flight finish, then runs the app's shutdown hooks.
 *
 * @throws whatever a module throws at start, or the reason why it cannot listen; nothing is left running then
 */
export async function startRpcServer(
  module: Type | DynamicModule,
  { logger, ...address }: RpcServerStart,
): Promise<RunningRpcServer> {
  const server = new RpcServer(address);
  const app = await NestFactory.createMicroservice(module, { strategy: server, logger, abortOnError: false });
  try {
    if (address.tls) server.admitOnly(app.get<RpcAccess>(RPC_ACCESS, { strict: false }).keys.keys());
    await app.listen();
  } catch (error) {
    await app.close().catch(() => undefined); // the first error is the one to hear of
    throw error;
  }
  return {
    app,
    port: server.boundPort,
    close: async () => {
      healthOf(app)?.stop();
      await server.drain();
      await app.close();
    },
  };
}

/** `undefined` for an app without an operations server. */
function healthOf(app: INestMicroservice): Health | undefined {
  try {
    return app.get(Health, { strict: false });
  } catch {
    return undefined;
  }
}
