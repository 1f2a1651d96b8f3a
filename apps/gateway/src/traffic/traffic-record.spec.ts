import type { IncomingMessage, ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import type { Exchange } from '../http/exchange.js';
import { TrafficRecord } from './traffic-record.js';

describe('TrafficRecord', () => {
  it('notes a request by its template, without address, query, cookie or id of anything', async () => {
    const lines: unknown[] = [];
    const note = (line: unknown): void => void lines.push(line);
    const registry = new Registry();
    const record = new TrafficRecord(registry, { log: note, error: note, warn: note });
    const request = { method: 'GET', url: '/v1/products/0f6a7c1e?q=private', headers: { cookie: 'sid' } };
    const exchange = { route: '/v1/products/{id}', requestId: 'r-1', startedMs: performance.now(), principal: null };
    const end = (response: Partial<ServerResponse>): void => {
      record.add(request as IncomingMessage, response as ServerResponse, exchange as Exchange);
    };
    end({ writableFinished: true, statusCode: 404 });
    end({ writableFinished: false, statusCode: 200 });
    const line = { message: 'request', requestId: 'r-1', method: 'GET', route: '/v1/products/{id}' };
    expect(lines).toEqual([404, 499].map((status) => ({ ...line, status, durationMs: expect.any(Number) as number })));
    expect(await registry.metrics()).toContain('count{route="/v1/products/{id}",method="GET",status="499"} 1');
  });
});
