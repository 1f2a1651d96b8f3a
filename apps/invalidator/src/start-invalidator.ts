import { NestFactory } from '@nestjs/core';
import { TopicServer } from '@larder/messaging';
import { createLogger, OperationsServer, type RunningService } from '@larder/platform';
import { AppModule } from './app.module.js';
import type { InvalidatorConfig } from './config.js';
import type { InvalidatorTwins } from './twins.js';

/** An invalidator that receives events. It listens on its operations port only. */
export interface RunningInvalidator extends RunningService {
  readonly operationsPort: number;
}

/**
 * Starts the invalidator; resolves once it receives events. Redis may be away: events wait for it.
 *
 * @throws {ConfigError} for a server that has neither an address nor a twin
 * @throws {BrokerUnavailable} if RabbitMQ cannot be used within five seconds
 */
export async function startInvalidator(
  config: InvalidatorConfig,
  twins: InvalidatorTwins = {},
): Promise<RunningInvalidator> {
  const app = await NestFactory.createMicroservice(AppModule.with(config, twins), {
    inject: [TopicServer],
    useFactory: (strategy: TopicServer) => ({ strategy }),
    logger: createLogger('invalidator', config.LOG_LEVEL),
    abortOnError: false,
  });
  try {
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
  return { operationsPort: app.get(OperationsServer).port, close: () => app.close() };
}
