import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SessionMemory, SessionStore } from '@larder/cache/session';
import { Health } from '@larder/platform';
import { DataSource } from 'typeorm';
import { Generations } from './generations.js';
import { SessionConnection, type SessionBackend } from './session-connection.js';
import { SessionGate } from './session-gate.js';
import { SessionList } from './session-list.js';
import { SessionMetrics } from './session-metrics.js';
import { SessionsController } from './sessions.controller.js';
import { TypeOrmGenerations } from './typeorm-generations.js';

/** Gives the whole app its sessions, and owns the Redis connection behind them. */
@Module({})
export class SessionsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly connection: SessionConnection,
    private readonly health: Health,
  ) {}

  static with(backend: SessionBackend): DynamicModule {
    return {
      module: SessionsModule,
      global: true,
      controllers: [SessionsController],
      providers: [
        { provide: SessionConnection, useFactory: () => new SessionConnection(backend) },
        {
          provide: SessionStore,
          inject: [SessionConnection],
          useFactory: ({ records }: SessionConnection) => new SessionStore(records),
        },
        {
          provide: SessionMemory,
          inject: [SessionConnection],
          useFactory: ({ records }: SessionConnection) => new SessionMemory(records),
        },
        {
          provide: Generations,
          inject: [DataSource],
          useFactory: (source: DataSource) => new TypeOrmGenerations(source),
        },
        SessionMetrics,
        SessionGate,
        SessionList,
      ],
      exports: [SessionConnection, SessionStore, SessionGate, SessionMetrics, Generations],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.connection.open();
    if (this.connection.redis) this.health.add('redis', () => this.connection.check(), { critical: true });
  }

  /** Runs after the server has drained, so that calls in flight still have their sessions. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
