import { topicContract, event } from '../../test/topic-contract.js';
import { BrokerUnavailable } from '../publisher.js';
import { InProcessBus } from './in-process-bus.js';

describe('InProcessBus', () => {
  const publisher = new InProcessBus();
  topicContract(() => ({
    publisher,
    consumer: (queue, limits) => publisher.consumer({ queue, ...limits }),
  }));

  it('takes nothing after it has closed', async () => {
    const bus = new InProcessBus();
    await bus.close();
    expect(bus.connected).toBe(false);
    await expect(bus.publish([event('late.event')])).rejects.toThrow(BrokerUnavailable);
  });
});
