import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, OperationsServer, type RunningService } from '@larder/platform';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import type { GatewayConfig } from './config.js';
import { DOCS_PATHS } from './docs/docs.controller.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { httpServer } from './http/http-server.js';
import { SilentConnections } from './http/silent-connections.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ROUTES } from './routes.js';
import { TrafficRecord } from './traffic/traffic-record.js';

/** Requests in flight have this long to end once the gateway stops; then their connections are cut. */
const DRAIN_MS = 2_500;

/** A gateway that answers on `port`, and operators on `opsPort`. */
export interface RunningGateway extends RunningService {
  readonly port: number;
  readonly opsPort: number;
}

/** Starts the gateway; resolves once it answers. Its services may come up later. @throws {Error} when a port is taken */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  const logger = createLogger('gateway', config.LOG_LEVEL);
  const problems = new ProblemFilter(new AllowedMethods([...ROUTES, ...DOCS_PATHS]), logger);
  let traffic: TrafficRecord | undefined = undefined as TrafficRecord | undefined; // needs the app, which needs the server
  let stopping = false;
  const adapter = httpServer({
    hosts: config.ALLOWED_HOSTS,
    timeoutMs: config.REQUEST_TIMEOUT_MS,
    isStopping: () => stopping,
    onUnroutable: (error, request, response) => {
      problems.answer(error, request, response);
    },
    onEnd: (request, response, exchange) => traffic?.add(request, response, exchange),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger,
  });
  app.useGlobalFilters(problems);
  const silent = new SilentConnections(app.getHttpServer());
  traffic = new TrafficRecord(app.get(Registry), logger);
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    port: (app.getHttpServer().address() as AddressInfo).port,
    opsPort: app.get(OperationsServer).port,
    close: () => {
      stopping = true;
      silent.cut();
      return closeWithin(app, app.getHttpServer());
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
