import { CATALOG_EXCHANGE } from '@larder/contracts';
import { connect } from 'amqplib';
import { z } from 'zod';

const QUEUE = 'lab.tap';
const PATTERN = 'catalog.product.*';

const Changed = z.object({ id: z.string(), version: z.number() });

/** A queue of the laboratory's own, which keeps every event of a product that the broker was ever handed. */
export class Tap {
  constructor(private readonly rabbitUrl: string) {}

  /** From now on events are kept, through every restart of the broker. */
  async open(): Promise<void> {
    const connection = await connect(this.rabbitUrl);
    const channel = await connection.createChannel();
    await channel.assertExchange(CATALOG_EXCHANGE, 'topic', { durable: true });
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(QUEUE, CATALOG_EXCHANGE, PATTERN);
    await connection.close();
  }

  /** Everything that was kept: how many events, and each change once, as {@link changeName} names it. */
  async drain(): Promise<{ readonly events: number; readonly changes: ReadonlySet<string> }> {
    const connection = await connect(this.rabbitUrl);
    const channel = await connection.createChannel();
    const changes = new Set<string>();
    let events = 0;
    for (;;) {
      const message = await channel.get(QUEUE, { noAck: true });
      if (message === false) break;
      const { id, version } = Changed.parse(JSON.parse(message.content.toString()));
      changes.add(changeName(id, version));
      events += 1;
    }
    await connection.close();
    return { events, changes };
  }
}

/** What tells a change of a row from all others. */
export function changeName(key: string, version: number): string {
  return `${key} ${version}`;
}
