import { createLogger, startRpcServer, type RunningService } from '@larder/platform';
import { AppModule } from './app.module.js';
import type { CatalogConfig } from './config.js';
import type { CatalogTwins } from './twins.js';

/**
 * Starts the catalog; resolves once it answers calls.
 *
 * @throws {ConfigError} for a server that has neither an address nor a twin
 * @throws {DatabaseUnusable} if PostgreSQL cannot be reached or migrated
 */
export async function startCatalog(config: CatalogConfig, twins: CatalogTwins = {}): Promise<RunningService> {
  return startRpcServer(AppModule.with(config, twins), {
    host: config.HOST,
    port: config.PORT,
    logger: createLogger('catalog', config.LOG_LEVEL),
  });
}
