import { createLogger, serviceTls, startRpcServer, type RunningService } from '@larder/platform';
import { AppModule } from './app.module.js';
import type { AuthConfig } from './config.js';
import type { AuthTwins } from './twins.js';

/**
 * Starts the auth service; resolves once it answers calls. Without Redis at that moment it starts too, and refuses what
 * needs a session until Redis is there.
 *
 * @throws {ConfigError} without REDIS_HOST and without a twin for it, or if the files of TLS do not fit
 * @throws {DatabaseUnusable} if PostgreSQL cannot be reached or migrated
 */
export async function startAuth(config: AuthConfig, twins: AuthTwins = {}): Promise<RunningService> {
  const tls = serviceTls('auth', config, [config.HOST]);
  return startRpcServer(AppModule.with(config, twins), {
    host: config.HOST,
    port: config.PORT,
    ...(tls && { tls }),
    logger: createLogger('auth', config.LOG_LEVEL),
  });
}
