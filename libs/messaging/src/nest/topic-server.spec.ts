import { Controller, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, MessagePattern, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import { until } from '../../../../tools/services/until.js';
import { event } from '../../test/topic-contract.js';
import type { EventConsumer } from '../consumer.js';
import { InProcessBus } from '../in-process/in-process-bus.js';
import { DeliveryGivenBack, MalformedEvent } from './delivery-errors.js';
import { EventContext } from './event-context.js';
import { TopicServer } from './topic-server.js';

const calls: string[] = [];

@Controller()
class Handlers {
  @EventPattern('nest.product.*')
  product(@Payload() data: unknown): void {
    calls.push(`product ${JSON.stringify(data)}`);
  }

  @EventPattern('nest.#')
  async everything(@Ctx() context: EventContext): Promise<void> {
    await Promise.resolve();
    const { type, earlierDeliveries } = context.getEvent();
    calls.push(`everything ${type} ${earlierDeliveries}`);
    if (type === 'nest.malformed') throw new MalformedEvent('no sense in it');
    if (type === 'nest.later' && earlierDeliveries === 0) throw new DeliveryGivenBack('not now');
    if (type === 'nest.bug') throw new TypeError('a bug');
  }
}

@Module({ controllers: [Handlers] })
class HandlersModule {}

describe('TopicServer', () => {
  const bus = new InProcessBus();
  const letters: string[] = [];
  const ups: boolean[] = [];
  let deadLettering = (): Promise<void> => Promise.resolve();
  const consumer: EventConsumer = bus.consumer({ queue: 'nest', prefetch: 10, deliveryLimit: 1, drainMs: 100 });
  const server = new TopicServer(consumer, {
    deadLettering: () => deadLettering(),
    deadLettered: ({ type, reason }) => letters.push(`${type}: ${reason}`),
    upChanged: (up) => ups.push(up),
  });
  let close: () => Promise<void>;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(HandlersModule, { strategy: server });
    await app.listen();
    close = () => app.close();
  });

  afterAll(async () => {
    await close();
    expect(ups).toEqual([true, false]);
  });

  beforeEach(() => {
    calls.length = 0;
    letters.length = 0;
  });

  const publish = async (type: string, data: unknown = null): Promise<void> => {
    expect(await bus.publish([event(type, data)])).toEqual(['confirmed']);
  };

  it('calls every handler whose pattern matches, with the data and the event', async () => {
    await publish('nest.product.updated', { id: 7 });
    await until('both handlers were called', 5_000, () => calls.length === 2);
    expect(calls.sort()).toEqual(['everything nest.product.updated 0', 'product {"id":7}']);
    expect(server.up).toBe(true);
  });

  it('puts an event away at once when its handler finds it malformed', async () => {
    await publish('nest.malformed');
    await until('it was put away', 5_000, () => letters.length === 1);
    expect(letters).toEqual(['nest.malformed: malformed']);
    expect(calls).toHaveLength(1);
  });

  it('puts nothing away before its listener is ready for it', async () => {
    deadLettering = () => {
      deadLettering = () => Promise.resolve();
      return Promise.reject(new Error('not yet'));
    };
    await publish('nest.malformed');
    await until('it was put away', 5_000, () => letters.length === 1);
    expect(calls).toEqual(['everything nest.malformed 0', 'everything nest.malformed 1']);
  });

  it('delivers again what a handler gave back', async () => {
    await publish('nest.later');
    await until('it came twice', 5_000, () => calls.length === 2);
    expect(calls).toEqual(['everything nest.later 0', 'everything nest.later 1']);
    expect(letters).toEqual([]);
  });

  it('repeats what fails for another reason, up to the limit', async () => {
    await publish('nest.bug');
    await until('it was put away', 5_000, () => letters.length === 1);
    expect(calls).toEqual(['everything nest.bug 0', 'everything nest.bug 1']);
    expect(letters).toEqual(['nest.bug: failed 2 times']);
  });

  it('binds its queue to nothing but its patterns', async () => {
    expect(await bus.publish([event('other.product.updated')])).toEqual(['unroutable']);
  });

  it('refuses handlers that would have to answer', async () => {
    @Controller()
    class Asking {
      @MessagePattern('nest.ask')
      ask(): string {
        return 'nobody hears this';
      }
    }
    @Module({ controllers: [Asking] })
    class AskingModule {}
    const strategy = new TopicServer(bus.consumer({ queue: 'ask', prefetch: 1, deliveryLimit: 1, drainMs: 1 }));
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(AskingModule, { strategy });
    await expect(app.listen()).rejects.toThrow('@EventPattern');
  });
});
