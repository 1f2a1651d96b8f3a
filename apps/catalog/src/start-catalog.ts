import { createLogger, serviceTls, startRpcServer, type RunningService } from '@larder/platform';
import { AppModule } from './app.module.js';
import type { CatalogConfig } from './config.js';
import type { CatalogTwins } from './twins.js';

/**
 * Starts the catalog; resolves once it answers calls.
 *
 * @throws {ConfigError} for a server that has neither an address nor a twin, or if the files of TLS do not fit
 * @throws {DatabaseUnusable} if PostgreSQL cannot be reached or migrated
 */
export async function startCatalog(config: CatalogConfig, twins: CatalogTwins = {}): Promise<RunningService> {
  const tls = serviceTls('catalog', config, [config.HOST]);
  return startRpcServer(AppModule.with(config, twins), {
    host: config.HOST,
    port: config.PORT,
    ...(tls && { tls }),
    logger: createLogger('catalog', config.LOG_LEVEL),
  });
}
