import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';
import type { Exchange } from '../http/exchange.js';

/** The status of a request whose client did not wait for the answer; no answer ever carries it. */
const CLIENT_GONE = 499;
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** The durations of one route, method and status. */
interface Series {
  observe(seconds: number): void;
}

/** Measures and logs each request once, when it is over. Addresses, queries and header fields stay out of both. */
export class TrafficRecord {
  private readonly durations: Histogram<'route' | 'method' | 'status'>;
  private readonly series = new Map<string, Series>();

  constructor(
    registry: Registry,
    private readonly logger: LoggerService,
  ) {
    this.durations = new Histogram({
      name: 'larder_http_request_duration_seconds',
      help: 'Time from the request to the end of its answer, by route template',
      labelNames: ['route', 'method', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  /** Notes the end of a request. A request that no route took is `unmatched`. */
  add(request: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
    const durationMs = performance.now() - exchange.startedMs;
    const route = exchange.route ?? 'unmatched';
    const method = request.method ?? 'unknown';
    const status = response.writableFinished ? response.statusCode : CLIENT_GONE;
    this.seriesOf(route, method, status).observe(durationMs / 1_000);
    const { requestId, principal } = exchange;
    this.logger.log({
      message: 'request',
      requestId,
      method,
      route,
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      ...(principal !== null && { account: principal.accountId }),
    });
  }

  /** Found by its labels once, not at every request. */
  private seriesOf(route: string, method: string, status: number): Series {
    const name = `${method} ${route} ${status}`;
    const known = this.series.get(name);
    if (known !== undefined) return known;
    const made = this.durations.labels({ route, method, status: String(status) });
    this.series.set(name, made);
    return made;
  }
}
