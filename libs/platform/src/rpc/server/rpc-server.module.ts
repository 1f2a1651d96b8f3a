import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { passportKey } from '../passport.js';
import { AdmissionGuard } from './admission.guard.js';
import { FailureFilter } from './failure.filter.js';
import { HandlerCheck } from './handler-check.js';
import { RPC_ACCESS, type RpcAccess } from './rpc-access.js';

/** What {@link RpcServerModule} takes. */
export interface RpcServerOptions {
  /** This service's own name: the audience of every passport it accepts. */
  readonly service: string;
  /** The key shared with each service that calls for people, by that service's name; at least 32 bytes of text each. */
  readonly keys: Readonly<Record<string, string>>;
  /** As `keys`, of the services that call on their own account; each gets only the procedures whose policy names it. */
  readonly peers?: Readonly<Record<string, string>>;
}

/** Puts the guard, the validation and the filter before every handler of the app. */
@Module({})
export class RpcServerModule {
  /** @throws {TypeError} for a key shorter than 32 bytes */
  static with({ service, keys, peers = {} }: RpcServerOptions): DynamicModule {
    const access: RpcAccess = {
      service,
      keys: new Map(Object.entries({ ...keys, ...peers }).map(([issuer, text]) => [issuer, passportKey(text)])),
      peers: new Set(Object.keys(peers)),
    };
    return {
      module: RpcServerModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: RPC_ACCESS, useValue: access },
        { provide: APP_GUARD, useClass: AdmissionGuard },
        { provide: APP_FILTER, useClass: FailureFilter },
        HandlerCheck,
      ],
    };
  }
}
