import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, Health, OperationsServer, type RunningService } from '@larder/platform';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import type { GatewayConfig } from './config.js';
import { DOCS_PATHS } from './docs/docs.controller.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { Departure } from './http/departure.js';
import { httpServer } from './http/http-server.js';
import { isCompressible } from './http/route.js';
import { ConnectionLimits } from './limits/connection-limits.js';
import { showLimits } from './limits/limit-metrics.js';
import { RateLimits } from './limits/rate-limits.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ROUTES } from './routes.js';
import { TrafficRecord } from './traffic/traffic-record.js';

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
  readonly departure: Departure;
}

/** Starts the gateway; resolves once it answers. Its services may come up later. @throws {Error} when a port is taken */
export async function startGateway(config: GatewayConfig): Promise<RunningGateway> {
  const logger = createLogger('gateway', config.LOG_LEVEL);
  const problems = new ProblemFilter(new AllowedMethods([...ROUTES, ...DOCS_PATHS]), logger);
  const parts = {} as Parts;
  const adapter = httpServer({
    hosts: config.ALLOWED_HOSTS,
    compressed: COMPRESSED,
    proxies: config.TRUSTED_PROXIES,
    timeoutMs: config.REQUEST_TIMEOUT_MS,
    rates: () => parts.rates,
    isStopping: () => parts.departure.hasBegun,
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
  Object.assign(parts, partsOf(app, config, logger));
  await listen(app, config);
  return {
    port: (app.getHttpServer().address() as AddressInfo).port,
    opsPort: app.get(OperationsServer).port,
    close: () => {
      app.get(Health).stop();
      return parts.departure.run(config.SHUTDOWN_DELAY_MS, () => app.close());
    },
  };
}

function partsOf(app: NestFastifyApplication, config: GatewayConfig, logger: LoggerService): Parts {
  const [rates, server] = [app.get(RateLimits), app.getHttpServer()];
  const { MAX_CONNECTIONS: all, MAX_CONNECTIONS_PER_ADDRESS: perAddress, TRUSTED_PROXIES: proxies } = config;
  showLimits(app.get(Registry), rates, new ConnectionLimits(server, { all, perAddress, proxies }));
  return { rates, traffic: new TrafficRecord(app.get(Registry), logger), departure: new Departure(server) };
}

async function listen(app: NestFastifyApplication, { PORT, HOST }: GatewayConfig): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    await app.close();
    throw error;
  }
}
