import type { Message, Options } from 'amqplib';
import { z } from 'zod';
import type { IncomingEvent, OutgoingEvent } from '../event.js';

/** The prefix of CloudEvents attributes among AMQP headers, from the CloudEvents AMQP binding. */
const PREFIX = 'cloudEvents:';

const Attributes = z.object({
  [`${PREFIX}specversion`]: z.literal('1.0'),
  [`${PREFIX}id`]: z.string().min(1),
  [`${PREFIX}type`]: z.string().min(1),
  [`${PREFIX}source`]: z.string().min(1),
  [`${PREFIX}time`]: z.iso.datetime({ offset: true }),
  [`${PREFIX}subject`]: z.string().optional(),
  [`${PREFIX}traceparent`]: z.string().optional(),
});

/** An event as AMQP carries it: its data as JSON in the body, everything else as properties and headers. */
export interface Envelope {
  readonly body: Buffer;
  readonly options: Options.Publish;
}

/** @throws {TypeError} for data that JSON cannot carry, `undefined` among it */
export function toEnvelope(event: OutgoingEvent): Envelope {
  const json = JSON.stringify(event.data) as string | undefined;
  if (json === undefined) throw new TypeError(`The data of event ${event.id} cannot be JSON`);
  const attributes = {
    specversion: '1.0',
    id: event.id,
    type: event.type,
    source: event.source,
    time: event.time,
    ...(event.subject !== undefined && { subject: event.subject }),
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
  };
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [PREFIX + name, value]));
  return {
    body: Buffer.from(json),
    options: {
      messageId: event.id,
      contentType: 'application/json',
      persistent: true,
      mandatory: true,
      headers,
    },
  };
}

/** Reads what {@link toEnvelope} made, wherever it came from. @throws {SyntaxError | z.ZodError} when it is no such thing */
export function fromMessage(message: Message): IncomingEvent {
  const headers = message.properties.headers ?? {};
  const attributes = Attributes.parse(headers) as Record<string, string>;
  const data: unknown = JSON.parse(message.content.toString('utf8'));
  const attribute = (name: string): string => attributes[PREFIX + name] ?? '';
  const optional = (name: 'subject' | 'traceparent'): Partial<Record<typeof name, string>> =>
    PREFIX + name in attributes ? { [name]: attribute(name) } : {};
  return {
    id: attribute('id'),
    type: attribute('type'),
    source: attribute('source'),
    time: attribute('time'),
    data,
    ...optional('subject'),
    ...optional('traceparent'),
    earlierDeliveries: earlierDeliveriesOf(message),
  };
}

/** A quorum queue counts from the second delivery on; before that, and on other queues, there is a flag at best. */
export function earlierDeliveriesOf(message: Message): number {
  const count: unknown = message.properties.headers?.['x-delivery-count'];
  if (typeof count === 'number') return count;
  return message.fields.redelivered ? 1 : 0;
}
