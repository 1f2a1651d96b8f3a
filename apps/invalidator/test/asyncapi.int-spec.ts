import { readFileSync } from 'node:fs';
import { MemoryStore } from '@larder/cache';
import {
  BatchedChange,
  CATALOG_EXCHANGE,
  CATALOG_SOURCE,
  catalogEventData,
  CHANGE_BATCH,
  ChangeBatch,
} from '@larder/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { borrowVhost, manage, until, type BorrowedVhost } from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startInvalidator } from '../src/start-invalidator.js';

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-assignment -- a YAML document has no types; a wrong path fails the comparison */
const document: any = parse(readFileSync(new URL('../../../docs/asyncapi.yaml', import.meta.url), 'utf8'));
const { catalogEvents, catalogChanges, invalidatorQueue, invalidatorDeadLetters, auditorQueue } = document.channels;

describe('docs/asyncapi.yaml', () => {
  it('names every event type, and where events come from', () => {
    expect(catalogEvents.parameters.type.enum).toEqual(Object.keys(catalogEventData));
    expect(catalogEvents.bindings.amqp.exchange.name).toBe(CATALOG_EXCHANGE);
    const { headers } = document.components.messageTraits.cloudEvent;
    expect(headers.properties['cloudEvents:source'].const).toBe(CATALOG_SOURCE);
  });

  it.each([
    ['catalog.product.updated', 'productChange'],
    ['catalog.category.updated', 'categoryChange'],
    ['catalog.stock.changed', 'stockChange'],
  ] as const)('describes the data of %s', (type, name) => {
    const { properties, required } = z.toJSONSchema(catalogEventData[type], { io: 'input' });
    const described = document.components.schemas[name];
    expect(Object.keys(described.properties as object)).toEqual(Object.keys(properties ?? {}));
    expect(described.required).toEqual(required);
  });

  it('describes batches of changes', () => {
    expect(catalogChanges.address).toBe(CHANGE_BATCH);
    for (const [schema, name] of [[ChangeBatch, 'changeBatch'] as const, [BatchedChange, 'batchedChange'] as const]) {
      const { properties, required } = z.toJSONSchema(schema, { io: 'input' });
      const described = document.components.schemas[name];
      expect(Object.keys(described.properties as object)).toEqual(Object.keys(properties ?? {}));
      expect(described.required).toEqual(expect.arrayContaining(required ?? []));
    }
  });

  describe('and the broker', () => {
    let vhost: BorrowedVhost;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      vhost = await borrowVhost();
      const config = loadConfig({
        ...{ RABBITMQ_URL: vhost.url, OPS_PORT: '0', LOG_LEVEL: 'silent' },
        SERVICE_KEY_INVALIDATOR_CATALOG: 'x'.repeat(32),
      });
      const invalidator = await startInvalidator(config, { store: new MemoryStore() });
      stop = () => invalidator.close();
      await until('the auditor has its queue', 10_000, async () => {
        const metrics = await fetch(`http://127.0.0.1:${invalidator.operationsPort}/metrics`);
        return (await metrics.text()).includes('larder_audit_up 1');
      });
    }, 120_000);

    afterAll(async () => {
      await stop();
      await vhost.release();
    });

    const ask = (path: string): Promise<unknown> => manage(vhost.managementUrl, 'GET', path);

    it.each([
      ['the queue', invalidatorQueue],
      ['the dead letters', invalidatorDeadLetters],
      ['the queue of samples', auditorQueue],
    ])('describes %s as it is declared', async (_name, channel) => {
      const { name, durable, exclusive, autoDelete } = channel.bindings.amqp.queue;
      expect(await ask(`/api/queues/${vhost.vhost}/${String(name)}`)).toMatchObject({
        ...{ durable, exclusive, auto_delete: autoDelete, type: 'quorum' },
        arguments: channel['x-queue-arguments'],
      });
    });

    it.each([
      ['the exchange', catalogEvents],
      ['the exchange of the batches', catalogChanges],
      ['the exchange of the dead letters', invalidatorDeadLetters],
    ])('describes %s as it is declared', async (_name, channel) => {
      const { name, type, durable, autoDelete } = channel.bindings.amqp.exchange;
      expect(await ask(`/api/exchanges/${vhost.vhost}/${String(name)}`)).toMatchObject({
        ...{ type, durable, auto_delete: autoDelete },
      });
    });

    it.each([
      ['the queue', invalidatorQueue],
      ['the queue of samples', auditorQueue],
    ])('describes the bindings of %s as they are declared', async (_name, queue) => {
      const { name } = queue.bindings.amqp.queue;
      const bindings = (await ask(`/api/queues/${vhost.vhost}/${String(name)}/bindings`)) as Record<string, string>[];
      const keys = bindings.filter(({ source }) => source === CATALOG_EXCHANGE).map(({ routing_key }) => routing_key);
      expect(keys.sort()).toEqual([...(queue['x-binding-keys'] as string[])].sort());
    });
  });
});
