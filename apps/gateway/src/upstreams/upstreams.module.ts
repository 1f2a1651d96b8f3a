import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Health, RpcClient, serviceTls, type RpcClientOptions } from '@larder/platform';
import { Registry } from 'prom-client';
import type { GatewayConfig } from '../config.js';
import { AuthClient } from './auth-client.js';
import { CatalogClient } from './catalog-client.js';

const AUTH_RPC = Symbol('AUTH_RPC');
const CATALOG_RPC = Symbol('CATALOG_RPC');

/** The services behind the gateway. Nothing is connected before the first call. */
@Module({})
export class UpstreamsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(AUTH_RPC) private readonly auth: RpcClient,
    @Inject(CATALOG_RPC) private readonly catalog: RpcClient,
    private readonly health: Health,
  ) {}

  /** @throws {ConfigError} if the files of TLS do not fit, or are missing though an upstream is on another machine */
  static with(config: GatewayConfig): DynamicModule {
    const service = 'gateway';
    const { AUTH_ADDRESSES, CATALOG_ADDRESSES } = config;
    const hosts = [...AUTH_ADDRESSES, ...CATALOG_ADDRESSES].map(({ host }) => host);
    const tls = serviceTls(service, config, hosts);
    const to = (upstream: string) => ({ service, upstream, ...(tls && { tls: tls.toward(upstream) }) });
    const auth = { ...to('auth'), addresses: AUTH_ADDRESSES };
    const catalog = { ...to('catalog'), addresses: CATALOG_ADDRESSES };
    return {
      module: UpstreamsModule,
      global: true,
      providers: [
        client(AUTH_RPC, { ...auth, key: config.SERVICE_KEY_GATEWAY_AUTH }),
        client(CATALOG_RPC, { ...catalog, key: config.SERVICE_KEY_GATEWAY_CATALOG }),
        { provide: AuthClient, inject: [AUTH_RPC], useFactory: (rpc: RpcClient) => new AuthClient(rpc) },
        { provide: CatalogClient, inject: [CATALOG_RPC], useFactory: (rpc: RpcClient) => new CatalogClient(rpc) },
      ],
      exports: [AuthClient, CatalogClient],
    };
  }

  /** Neither is critical: without auth the catalog is still read, without the catalog people still sign in. */
  onModuleInit(): void {
    this.health.add('auth', () => this.auth.health(), { critical: false });
    this.health.add('catalog', () => this.catalog.health(), { critical: false });
  }

  /** Runs after the HTTP server has drained, so requests in flight still have their answers. */
  onApplicationShutdown(): void {
    this.auth.close();
    this.catalog.close();
  }
}

function client(provide: symbol, options: RpcClientOptions): FactoryProvider<RpcClient> {
  return { provide, inject: [Registry], useFactory: (registry: Registry) => new RpcClient({ ...options, registry }) };
}
