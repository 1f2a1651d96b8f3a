import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { jest } from '@jest/globals';
import { Cache } from '../core/cache.js';
import { StoreRefusal } from '../core/errors.js';
import type { CacheEvent } from '../core/events.js';
import { MemoryStore } from '../core/memory-store.js';
import { defineSpace } from '../core/define-space.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { CacheModule } from './index.js';
import { logStoreFailures } from './log-store-failures.js';

function setUp() {
  const lines: string[] = [];
  let nowMs = 0;
  const add = (line: unknown): unknown => lines.push(String(line));
  const listener = logStoreFailures({ log: add, warn: add }, () => nowMs);
  const fail = (error: unknown, operation = 'lease'): void => {
    listener({ type: 'operation', operation, durationMs: 1, failed: true, error });
  };
  const advance = (ms: number): void => void (nowMs += ms);
  return { lines, listener, fail, advance };
}

it('logs each failure once a minute', () => {
  const { lines, fail, advance } = setUp();
  for (const ms of [100, 25]) fail(new Error(`No answer within ${ms} ms`));
  fail(new StoreRefusal('OOM'));
  fail(new StoreRefusal('OOM'), 'fill');
  advance(59_999);
  fail(new StoreRefusal('OOM'));
  advance(1);
  fail(new StoreRefusal('OOM'));
  expect(lines).toEqual([
    'Cache store: lease failed: Error: No answer within 100 ms',
    'Cache store: lease failed: StoreRefusal: OOM',
    'Cache store: fill failed: StoreRefusal: OOM',
    'Cache store: lease failed: StoreRefusal: OOM',
  ]);
});

it('says when reads do without the store, and why, and when they use it again', () => {
  const { lines, listener, fail } = setUp();
  const turn = (state: 'open' | 'half-open' | 'closed'): void => {
    listener({ type: 'circuit', state });
  };
  fail(new Error('cut'), 'look');
  for (const state of ['open', 'half-open', 'open', 'half-open', 'closed'] as const) turn(state);
  expect(lines.slice(1)).toEqual([
    'Cache store: reads do without it until it answers again; look failed: Error: cut',
    'Cache store: answers again and is used',
  ]);
});

it('repeats no arguments and no passwords, and not much at all', () => {
  const { lines, fail } = setUp();
  fail(new Error("ERR unknown command 'X', with args beginning with: 'secret'"));
  fail(new Error('no way to redis://user:secret@host:6379\nsecret'));
  fail('secret');
  fail(new Error('x'.repeat(1_000)));
  expect(lines.join()).not.toContain('secret');
  expect(lines[3]!.length).toBeLessThan(250);
});

it('forgets what it has logged when there is too much of it', () => {
  const { lines, fail } = setUp();
  for (let kind = 0; kind <= 100; kind++) fail(new Error('x'.repeat(kind)));
  fail(new Error('x'));
  expect(lines).toHaveLength(102);
});

it('is part of the module, beside a listener of the application', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const events: CacheEvent[] = [];
  const store = new FaultyStore(new MemoryStore());
  const root = CacheModule.forRoot({ store, onEvent: (event) => events.push(event) });
  const app = await (await Test.createTestingModule({ imports: [root] }).compile()).init();
  store.fail('refuse', { only: ['lease'] });
  const rows = defineSpace({ service: 'shop', entity: 'row', value: z.number(), ttlMs: 1_000 });
  await app
    .get(Cache)
    .space(rows)
    .getOrSet('1', async () => 1);
  expect(warn).toHaveBeenCalledWith('Cache store: lease failed: StoreFailure: lease was refused');
  expect(events).toContainEqual(expect.objectContaining({ type: 'operation', operation: 'lease', failed: true }));
  await app.close();
  warn.mockRestore();
});
