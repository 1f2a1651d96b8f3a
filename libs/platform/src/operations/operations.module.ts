import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Health } from './health.js';
import { OPERATIONS_OPTIONS, OperationsServer, type OperationsOptions } from './operations-server.js';
import { createRegistry } from './process-metrics.js';

/** Gives the whole app its {@link Health} and its prom-client `Registry`, and serves both on the operations port. */
@Module({})
export class OperationsModule {
  static with(options: OperationsOptions): DynamicModule {
    return {
      module: OperationsModule,
      global: true,
      providers: [
        { provide: OPERATIONS_OPTIONS, useValue: options },
        { provide: Registry, useFactory: createRegistry },
        Health,
        OperationsServer,
      ],
      exports: [Health, Registry, OperationsServer],
    };
  }
}
