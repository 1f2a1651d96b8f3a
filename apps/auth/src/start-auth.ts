import { createLogger, startRpcServer, type RunningService } from '@larder/platform';
import { AppModule } from './app.module.js';
import type { AuthConfig } from './config.js';
import type { AuthTwins } from './twins.js';

/**
 * Starts the auth service; resolves once it answers calls. Without Redis at that moment it starts too, and refuses what
 * needs a session until Redis is there.
 *
 * @throws {ConfigError} without REDIS_HOST and without a twin for it
 * @throws {DatabaseUnusable} if PostgreSQL cannot be reached or migrated
 */
export async function startAuth(config: AuthConfig, twins: AuthTwins = {}): Promise<RunningService> {
  return startRpcServer(AppModule.with(config, twins), {
    host: config.HOST,
    port: config.PORT,
    logger: createLogger('auth', config.LOG_LEVEL),
  });
}
