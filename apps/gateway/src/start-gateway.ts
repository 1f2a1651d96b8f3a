import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, OperationsServer, type RunningService } from '@larder/platform';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import type { GatewayConfig } from './config.js';
import { DOCS_PATHS } from './docs/docs.controller.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { httpServer } from './http/http-server.js';
import { isCompressible } from './http/route.js';
import { SilentConnections } from './http/silent-connections.js';
import { ConnectionLimits } from './limits/connection-limits.js';
import { showLimits } from './limits/limit-metrics.js';
import { RateLimits } from './limits/rate-limits.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ROUTES } from './routes.js';
import { TrafficRecord } from './traffic/traffic-record.js';

/** Requests in flight have this long to end once the gateway stops; then their connections are cut. */
const DRAIN_MS = 2_500;

const COMPRESSED = [...ROUTES.filter(isCompressible), ...DOCS_PATHS].map(({ path }) => path);

/** A gateway that answers on `port`, and operators on `opsPort`. */
export interface RunningGateway extends RunningService {
  readonly port: number;
  readonly opsPort: number;
}

/** What the server asks for each request. It comes from the app, which needs the server first. */
interface Parts {
  readonly rates: RateLimits;
  readonly traffic: TrafficRecord;
}

/** Starts the gateway; resolves once it answers. Its services may come up later. @throws {Error} when a port is taken */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  const logger = createLogger('gateway', config.LOG_LEVEL);
  const problems = new ProblemFilter(new AllowedMethods([...ROUTES, ...DOCS_PATHS]), logger);
  const parts = {} as Parts;
  let stopping = false;
  const adapter = httpServer({
    hosts: config.ALLOWED_HOSTS,
    compressed: COMPRESSED,
    proxies: config.TRUSTED_PROXIES,
    timeoutMs: config.REQUEST_TIMEOUT_MS,
    rates: () => parts.rates,
    isStopping: () => stopping,
    onUnroutable: (error, request, response) => {
      problems.answer(error, request, response);
    },
    onEnd: (request, response, exchange) => {
      parts.traffic.add(request, response, exchange);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger,
  });
  app.useGlobalFilters(problems);
  const server = app.getHttpServer();
  const silent = new SilentConnections(server);
  Object.assign(parts, partsOf(app, config, logger));
  await listen(app, config);
  return {
    port: (server.address() as AddressInfo).port,
    opsPort: app.get(OperationsServer).port,
    close: () => {
      stopping = true;
      silent.cut();
      return closeWithin(app, server);
    },
  };
}

function partsOf(app: NestFastifyApplication, config: GatewayConfig, logger: LoggerService): Parts {
  const rates = app.get(RateLimits);
  const { MAX_CONNECTIONS: all, MAX_CONNECTIONS_PER_ADDRESS: perAddress, TRUSTED_PROXIES: proxies } = config;
  showLimits(app.get(Registry), rates, new ConnectionLimits(app.getHttpServer(), { all, perAddress, proxies }));
  return { rates, traffic: new TrafficRecord(app.get(Registry), logger) };
}

async function listen(app: NestFastifyApplication, { PORT, HOST }: GatewayConfig): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    await app.close();
    throw error;
  }
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
