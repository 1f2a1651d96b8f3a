import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, type RunningService } from '@larder/platform';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import type { GatewayConfig } from './config.js';
import { DOCS_PATHS } from './docs/docs.controller.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { httpServer, watchRequests } from './http/http-server.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ROUTES } from './routes.js';
import { TrafficRecord } from './traffic/traffic-record.js';

/** Requests in flight have this long to end once the gateway stops; then their connections are cut. */
const DRAIN_MS = 2_500;

/** A gateway that answers on `port`. */
export interface RunningGateway extends RunningService {
  readonly port: number;
}

/** Starts the gateway; resolves once it answers. Its services may come up later. @throws when a port is taken */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  let stopping = false;
  const logger = createLogger('gateway', config.LOG_LEVEL);
  const problems = new ProblemFilter(new AllowedMethods([...ROUTES, ...DOCS_PATHS]), logger);
  const adapter = httpServer({
    hosts: config.ALLOWED_HOSTS,
    isStopping: () => stopping,
    onUnroutable: (error, request, response) => {
      problems.answer(error, request, response);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger,
  });
  app.useGlobalFilters(problems);
  watchRequests(adapter, config.REQUEST_TIMEOUT_MS, new TrafficRecord(app.get(Registry), logger).add);
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await app.close();
    throw error;
  }
  const server = app.getHttpServer();
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      stopping = true;
      await closeWithin(app, server);
    },
  };
}

/** Idle connections end at once, others after their answer (`Connection: close`), all of them after DRAIN_MS. */
async function closeWithin(app: NestFastifyApplication, server: Server): Promise<void> {
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, DRAIN_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
