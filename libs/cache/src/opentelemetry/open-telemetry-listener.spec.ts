import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { z } from 'zod';
import { Cache } from '../core/cache.js';
import type { CacheEvent } from '../core/events.js';
import { MemoryStore } from '../core/memory-store.js';
import { defineSpace } from '../core/define-space.js';
import { openTelemetryListener } from './index.js';

class PulledReader extends MetricReader {
  protected override onShutdown = async (): Promise<void> => undefined;
  protected override onForceFlush = async (): Promise<void> => undefined;
}

const reader = new PulledReader();
const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
const spans = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('test');
const numbers = defineSpace({ service: 'shop', entity: 'number', value: z.number(), ttlMs: 1_000 });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

afterAll(() => {
  context.disable();
});

beforeEach(() => {
  spans.reset();
});

/** Every data point as `name{attributes} value`, of a histogram its count and sum. */
async function recorded(): Promise<string[]> {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ descriptor: { name, unit }, dataPointType, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const shown = dataPointType === DataPointType.HISTOGRAM ? histogramOf(value) : (value as number);
        const labels = Object.entries(attributes).map(
          ([key, each]) => `${key.replace('larder.cache.', '')}=${each as string}`,
        );
        return `${name}{${labels.join(' ')}} ${shown} ${unit}`;
      }),
    );
}

function histogramOf(value: unknown): string {
  const { count, sum } = value as { count: number; sum: number };
  return `${count} in ${sum}`;
}

it('records every type of event under its name', async () => {
  const space = 'shop:number';
  const lines: { readonly [Type in CacheEvent['type']]: [Extract<CacheEvent, { type: Type }>, ...string[]] } = {
    read: [
      { type: 'read', space, outcome: 'stale', tier: 'store', count: 3 },
      'larder.cache.reads{space=shop:number tier=store outcome=stale} 3 {read}',
    ],
    coalesced: [{ type: 'coalesced', space, count: 2 }, 'larder.cache.coalesced{space=shop:number} 2 {read}'],
    load: [
      { type: 'load', space, durationMs: 250, failed: true },
      'larder.cache.load.duration{space=shop:number outcome=failed} 1 in 0.25 s',
    ],
    refresh: [
      { type: 'refresh', space, reason: 'early' },
      'larder.cache.refreshes{space=shop:number reason=early} 1 {load}',
    ],
    fill: [
      { type: 'fill', space, result: 'refused' },
      'larder.cache.fills{space=shop:number result=refused} 1 {entry}',
    ],
    promotion: [
      { type: 'promotion', space, result: 'kept' },
      'larder.cache.promotions{space=shop:number result=kept} 1 {entry}',
    ],
    corrupt: [{ type: 'corrupt', space }, 'larder.cache.corrupt_entries{space=shop:number} 1 {entry}'],
    invalidation: [
      { type: 'invalidation', entries: 4, tags: 5, result: 'queued', pending: 9 },
      'larder.cache.invalidations{kind=entry result=queued} 4 {invalidation}',
      'larder.cache.invalidations{kind=tag result=queued} 5 {invalidation}',
      'larder.cache.pending_invalidations{} 9 1',
    ],
    uncertified: [
      { type: 'uncertified', space, count: 3 },
      'larder.cache.uncertified_reads{space=shop:number} 3 {read}',
    ],
    chain: [
      { type: 'chain', service: 'shop', what: 'gap', count: 4 },
      'larder.cache.chain_repairs{service=shop what=gap} 1 {repair}',
    ],
    settled: [{ type: 'settled', count: 2 }, 'larder.cache.settled_intents{} 2 {intent}'],
    retired: [
      { type: 'retired', space, reason: 'asked' },
      'larder.cache.retired_spaces{space=shop:number reason=asked} 1 {space}',
    ],
    l1: [{ type: 'l1', space, state: 'on' }, 'larder.cache.l1.on{space=shop:number} 1 1'],
    operation: [
      { type: 'operation', operation: 'look', durationMs: 5, failed: false },
      'larder.cache.operation.duration{operation=look outcome=ok} 1 in 0.005 s',
    ],
    circuit: [{ type: 'circuit', state: 'open' }, 'larder.cache.circuit.state{} 2 1'],
  };
  const listener = openTelemetryListener({ meter });
  const expected = Object.values(lines).flatMap(([event, ...texts]) => {
    listener(event);
    return texts;
  });
  expect((await recorded()).sort()).toEqual(expected.sort());
  listener({ type: 'l1', space, state: 'off' });
  expect(await recorded()).toContain('larder.cache.l1.on{space=shop:number} 0 1');
});

describe('spans', () => {
  const cache = new Cache({ store: new MemoryStore(), onEvent: openTelemetryListener({ meter, tracer }) });
  const entries = cache.space(numbers);
  const inSpan = <Result>(run: () => Promise<Result>): Promise<Result> =>
    tracer.startActiveSpan('request', (span) =>
      run().finally(() => {
        span.end();
      }),
    );

  it('shows a load as a child of the span that it began in, with its own time', async () => {
    await inSpan(() => entries.getOrSet('1', () => new Promise<number>((resolve) => setTimeout(resolve, 30, 1))));
    await inSpan(() => entries.getOrSet('1', async () => 2));
    const [load, request, hit] = spans.getFinishedSpans();
    expect([load!.name, request!.name, hit!.name]).toEqual(['larder.cache.load', 'request', 'request']);
    expect(load!.parentSpanContext?.spanId).toBe(request!.spanContext().spanId);
    expect(load!.attributes).toEqual({ 'larder.cache.space': 'shop:number', 'larder.cache.outcome': 'ok' });
    const [seconds, nanoseconds] = load!.duration;
    expect(seconds * 1_000 + nanoseconds / 1e6).toBeGreaterThanOrEqual(29);
    expect(msOf(load!.startTime)).toBeGreaterThanOrEqual(msOf(request!.startTime) - 1);
    expect(msOf(load!.endTime)).toBeLessThanOrEqual(msOf(request!.endTime) + 1);
  });

  it('says that a load failed', async () => {
    const failing = inSpan(() => entries.getOrSet('2', async () => Promise.reject(new Error('no'))));
    await expect(failing).rejects.toThrow('no');
    expect(spans.getFinishedSpans()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'larder.cache.outcome': 'failed' },
    });
  });

  it('gives each of two reads that miss at the same time its own load', async () => {
    await Promise.all(['3', '4'].map((id) => inSpan(() => entries.getOrSet(id, async () => 1))));
    const finished = spans.getFinishedSpans();
    const parents = finished.flatMap(({ name, parentSpanContext }) =>
      name === 'larder.cache.load' ? [parentSpanContext?.spanId] : [],
    );
    const requests = finished.filter(({ name }) => name === 'request').map((span) => span.spanContext().spanId);
    expect(parents).toHaveLength(2);
    expect(parents.sort()).toEqual(requests.sort());
  });

  it('needs no active span', async () => {
    expect(trace.getActiveSpan()).toBeUndefined();
    await entries.getOrSet('5', async () => 1);
    expect(spans.getFinishedSpans()).toHaveLength(1);
  });
});

function msOf([seconds, nanoseconds]: [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}
