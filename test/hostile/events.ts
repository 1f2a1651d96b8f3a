import { CATALOG_EXCHANGE, CATALOG_SOURCE, CHANGE_BATCH } from '@larder/contracts';
import { connect } from 'amqplib';
import { NOBODY } from './attack.js';

const PREFIX = 'cloudEvents:';
const MIB = 1_048_576;
const FAR = 1_000_000_000;

/** A message as the broker carries it. */
export interface Message {
  readonly key: string;
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of it: a dead letter of the invalidator; nothing but a dropped sample of the auditor; nothing, for nobody listens; what the batches say. */
type Fate = 'dead letter' | 'dropped sample' | 'unheard' | 'handled';

export type Published = readonly [name: string, message: Message, fate: Fate];

const headersOf = (type: string): Record<string, string> => ({
  [`${PREFIX}specversion`]: '1.0',
  [`${PREFIX}id`]: NOBODY,
  [`${PREFIX}type`]: type,
  [`${PREFIX}source`]: CATALOG_SOURCE,
  [`${PREFIX}time`]: new Date(0).toISOString(),
});

const message = (key: string, body: unknown, headers: Record<string, string> = {}): Message => ({
  key,
  content:
    typeof body === 'string' ? Buffer.from(body) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
  headers: { ...headersOf(key), ...headers },
});
const batch = (body: unknown, headers: Record<string, string> = {}): Message => message(CHANGE_BATCH, body, headers);
const EMPTY = { after: 0, upTo: 0, asOfMs: null, changes: [] };

/** What somebody with a way to the broker might publish. */
export const EVENTS: readonly Published[] = [
  ['a batch of nothing', batch(''), 'dead letter'],
  ['a batch that is no JSON', batch('{"after":'), 'dead letter'],
  ['a batch of bytes', batch(Buffer.from([0xff, 0x00, 0xfe])), 'dead letter'],
  ['a batch of 8 MiB', batch('x'.repeat(8 * MIB)), 'dead letter'],
  ['a batch of 100,000 arrays in each other', batch('['.repeat(100_000) + ']'.repeat(100_000)), 'dead letter'],
  ['a batch that is null', batch('null'), 'dead letter'],
  ['a batch that is a list', batch([EMPTY]), 'dead letter'],
  ['a batch without attributes', { ...batch(EMPTY), headers: {} }, 'dead letter'],
  ['a batch of another version of CloudEvents', batch(EMPTY, { [`${PREFIX}specversion`]: '0.3' }), 'dead letter'],
  ['a batch of no time', batch(EMPTY, { [`${PREFIX}time`]: 'yesterday' }), 'dead letter'],
  ['a batch of another type', batch(EMPTY, { [`${PREFIX}type`]: 'catalog.product.updated' }), 'dead letter'],
  ['a batch without numbers', batch({ changes: [] }), 'dead letter'],
  ['a batch that ends before it begins', batch({ ...EMPTY, after: 5, upTo: 3 }), 'dead letter'],
  ['a batch with numbers below 0', batch({ ...EMPTY, after: -5, upTo: -3 }), 'dead letter'],
  ['a batch with fractions', batch({ ...EMPTY, after: 0.5, upTo: 0.5 }), 'dead letter'],
  ['a batch with text for numbers', batch({ ...EMPTY, after: '0' }), 'dead letter'],
  ['a batch with infinity', batch('{"after":0,"upTo":1e999,"asOfMs":null,"changes":[]}'), 'dead letter'],
  ['a batch without changes', batch({ after: 0, upTo: 0, asOfMs: null }), 'dead letter'],
  ['a batch in __proto__', batch('{"__proto__":{"after":0,"upTo":0,"asOfMs":null,"changes":[]}}'), 'dead letter'],
  ['an old batch with changes of no kind', batch({ ...EMPTY, upTo: 1, changes: [null, 1, 'x', [], {}] }), 'handled'],
  [
    'an old batch with a key for an id',
    batch({
      ...EMPTY,
      upTo: 1,
      changes: [{ type: 'catalog.stock.changed', data: { productId: '*', version: 1 }, transaction: '1' }],
    }),
    'handled',
  ],
  ['a beat of long ago', batch(EMPTY), 'handled'],
  ['a beat from far ahead', batch({ ...EMPTY, after: FAR, upTo: FAR }), 'handled'],
  ['a batch from far ahead', batch({ ...EMPTY, after: FAR, upTo: FAR + 1 }), 'handled'],
  ['an event of an unknown type', message('catalog.product.exploded', { id: NOBODY }), 'dropped sample'],
  ['an event that is no JSON', message('catalog.product.updated', '{'), 'dropped sample'],
  ['an event of nothing', message('catalog.category.updated', ''), 'dropped sample'],
  ['an event without fields', message('catalog.stock.changed', {}), 'dropped sample'],
  [
    'an event with a key for an id',
    message('catalog.stock.changed', { productId: 'a:b', version: 1 }),
    'dropped sample',
  ],
  ['an event of 8 MiB', message('catalog.product.updated', { id: 'x'.repeat(8 * MIB) }), 'dropped sample'],
  ['an event of a topic that nobody hears', message('catalog.unicorn.born', {}), 'unheard'],
  ['an event of another service', message('billing.invoice.sent', {}), 'unheard'],
];

/** Publishes to the exchange of the catalog, and hears its batches. */
export class Publisher {
  private constructor(
    private readonly model: Awaited<ReturnType<typeof connect>>,
    private readonly channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>,
    /** Every batch with changes since it was opened, as it came. */
    readonly batches: Message[],
  ) {}

  static async open(url: string): Promise<Publisher> {
    const model = await connect(url);
    const channel = await model.createConfirmChannel();
    const batches: Message[] = [];
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, CATALOG_EXCHANGE, CHANGE_BATCH);
    await channel.consume(queue, (heard) => {
      if (heard === null) return;
      const headers = (heard.properties.headers ?? {}) as Record<string, string>;
      if (!/"changes":\[\]/.test(heard.content.toString()))
        batches.push({ key: CHANGE_BATCH, content: heard.content, headers });
      channel.ack(heard);
    });
    return new Publisher(model, channel, batches);
  }

  /** Resolves when the broker has it. `false`: no queue wanted it. */
  async publish({ key, content, headers }: Message): Promise<boolean> {
    let heard = true;
    const returned = (): void => void (heard = false);
    this.channel.once('return', returned);
    this.channel.publish(CATALOG_EXCHANGE, key, content, { headers, mandatory: true });
    await this.channel.waitForConfirms(); // a returned message comes back before it is confirmed
    this.channel.off('return', returned);
    return heard;
  }

  close(): Promise<void> {
    return this.model.close();
  }
}
