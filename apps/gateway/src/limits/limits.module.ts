import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { RedisConnection } from '@larder/cache/nest';
import { Health, redisSettings } from '@larder/platform';
import type { GatewayConfig } from '../config.js';
import { RateLimits } from './rate-limits.js';
import { SharedCounts, type Quotas } from './shared-counts.js';

const CONNECTION = Symbol('CONNECTION');
/** No request waits for it; it bounds how long a settlement is unknown. */
const COMMAND_TIMEOUT_MS = 100;

/** The rate limits, and the Redis that all gateways count in, if the environment names one. */
@Module({})
export class LimitsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(CONNECTION) private readonly connection: RedisConnection | null,
    private readonly limits: RateLimits,
    private readonly health: Health,
  ) {}

  /** @throws {ConfigError} when the variables for Redis do not go together */
  static with(config: GatewayConfig): DynamicModule {
    const settings = redisSettings(config);
    const quotas: Quotas = { requests: config.RATE_LIMIT_REQUESTS, changes: config.RATE_LIMIT_CHANGES };
    return {
      module: LimitsModule,
      providers: [
        {
          provide: CONNECTION,
          useFactory: () =>
            settings && new RedisConnection('Limits', { ...settings, commandTimeoutMs: COMMAND_TIMEOUT_MS }),
        },
        {
          provide: RateLimits,
          inject: [CONNECTION],
          useFactory: (connection: RedisConnection | null) =>
            new RateLimits(quotas, connection && new SharedCounts(connection.redis, quotas)),
        },
      ],
    };
  }

  /** Not critical: without Redis each gateway counts for itself. */
  async onModuleInit(): Promise<void> {
    if (this.connection === null) return;
    const { redis } = this.connection;
    this.health.add('limits', () => redis.ping().then(() => 'up'), { critical: false });
    await this.connection.open();
  }

  async onApplicationShutdown(): Promise<void> {
    this.limits.stop();
    await this.connection?.close();
  }
}
