import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Registry } from 'prom-client';
import { Health } from './health.js';

/** Where the operations server listens. Port 0 takes a free one. */
export interface OperationsOptions {
  readonly host: string;
  readonly port: number;
}

/** Injection token of the {@link OperationsOptions}. */
export const OPERATIONS_OPTIONS = Symbol('OPERATIONS_OPTIONS');

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Answers operators and orchestrators on a port of its own: /livez (the process runs), /readyz (it can do its work: 200 or
 * 503, each dependency by name), /metrics (Prometheus text). Listens from the app's start to its end.
 */
@Injectable()
export class OperationsServer implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly server: Server;

  constructor(
    @Inject(OPERATIONS_OPTIONS) private readonly options: OperationsOptions,
    @Inject(Health) private readonly health: Health,
    @Inject(Registry) private readonly registry: Registry,
  ) {
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.answer(request, response);
    });
  }

  /** The port in use. @throws {Error} before it listens */
  get port(): number {
    const address = this.server.address() as AddressInfo | null;
    if (address === null) throw new Error('The operations server does not listen yet');
    return address.port;
  }

  /** @throws {Error} when it cannot listen */
  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  beforeApplicationShutdown(): void {
    this.health.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = method === 'GET' || method === 'HEAD' ? await this.reply(url ?? '') : NOT_ALLOWED;
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  }

  private async reply(url: string): Promise<Reply> {
    switch (url.split('?', 1).join()) {
      case '/livez':
        return json(200, { status: 'up' });
      case '/readyz': {
        const report = await this.health.report();
        return json(report.status === 'down' ? 503 : 200, report);
      }
      case '/metrics':
        return { status: 200, type: this.registry.contentType, body: await this.registry.metrics() };
      default:
        return json(404, { error: 'There are /livez, /readyz and /metrics' });
    }
  }
}

const NOT_ALLOWED = json(405, { error: 'Only GET' });

function json(status: number, body: unknown): Reply {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}
