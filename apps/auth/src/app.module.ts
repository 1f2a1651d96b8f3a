import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ConfigError, OperationsModule, RpcServerModule, redisSettings, RefusalInterceptor } from '@larder/platform';
import { AccountsModule } from './accounts/accounts.module.js';
import { CartModule } from './cart/cart.module.js';
import type { AuthConfig } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { DemoAccounts } from './accounts/demo-accounts.js';
import { asRefusal } from './failures/unavailable.js';
import { PreferencesModule } from './preferences/preferences.module.js';
import type { SessionBackend } from './sessions/session-connection.js';
import { SessionsModule } from './sessions/sessions.module.js';
import type { AuthTwins } from './twins.js';

/** Accounts, sessions, preferences and carts over RPC. */
@Module({})
export class AppModule {
  /** @throws {ConfigError} without REDIS_HOST and without a twin for it */
  static with(config: AuthConfig, twins: AuthTwins): DynamicModule {
    const { DATABASE_URL: url, DATABASE_POOL: poolSize, RUN_MIGRATIONS: runMigrations } = config;
    return {
      module: AppModule,
      imports: [
        OperationsModule.with({ host: config.OPS_HOST, port: config.OPS_PORT }),
        RpcServerModule.with({ service: 'auth', keys: { gateway: config.SERVICE_KEY_GATEWAY_AUTH } }),
        DatabaseModule.with({ url, poolSize, runMigrations }),
        SessionsModule.with(backendOf(config, twins)),
        AccountsModule.with({ deviceKey: config.AUTH_DEVICE_KEY }),
        PreferencesModule,
        CartModule,
      ],
      providers: [
        { provide: APP_INTERCEPTOR, useFactory: () => new RefusalInterceptor('Auth', asRefusal) },
        ...(config.DEMO_ACCOUNTS ? [DemoAccounts] : []),
      ],
    };
  }
}

function backendOf(config: AuthConfig, { sessions }: AuthTwins): SessionBackend {
  const redis = redisSettings(config);
  if (redis) return { redis };
  if (sessions) return { records: sessions };
  throw new ConfigError(['REDIS_HOST: missing; name a Redis, or run everything in one process with npm start']);
}
