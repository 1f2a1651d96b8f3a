import { CATALOG_EXCHANGE } from '@larder/contracts';
import { AmqpConsumer, type EventConsumer, type InProcessBus, type QueueTopology } from '@larder/messaging';
import { realOrTwin } from '@larder/platform';

/** The queue of the catalog's batches, which the invalidators share; documented in docs/asyncapi.yaml, as is {@link SAMPLES}. */
const CHANGES: QueueTopology = {
  exchange: CATALOG_EXCHANGE,
  queue: 'catalog.changes.invalidator',
  deliveryLimit: 20,
  singleActiveConsumer: true,
};

/** The queue of the individual events, of which the auditors take samples. What is older than a minute tells nothing any more. */
const SAMPLES: QueueTopology = {
  exchange: CATALOG_EXCHANGE,
  queue: 'catalog.events.auditor',
  samples: { maxMessages: 10_000, ttlMs: 60_000 },
};

/** What an auditor hears of: every event about one product, one category, one product's stock. */
export const SAMPLED_EVENTS = ['catalog.product.*', 'catalog.category.*', 'catalog.stock.*'] as const;

/** Batches that may be here at a time; only one is applied at a time, so this only hides the way from the broker. */
const CHANGES_HERE = 50;
/** An auditor acknowledges at once. */
const SAMPLES_HERE = 500;
const DRAIN_MS = 2_000;

/** Where RabbitMQ is, or the bus in its place. */
export interface Broker {
  readonly url: string | undefined;
  readonly bus: InProcessBus | undefined;
}

/** The consumer of the catalog's batches. @throws {ConfigError} when there is neither a broker nor a bus */
export function changesConsumer(broker: Broker): EventConsumer {
  return consumerOf(broker, { ...CHANGES, name: 'larder-invalidator', prefetch: CHANGES_HERE });
}

/** The consumer of the auditor's samples. @throws {ConfigError} when there is neither a broker nor a bus */
export function samplesConsumer(broker: Broker): EventConsumer {
  return consumerOf(broker, { ...SAMPLES, name: 'larder-auditor', prefetch: SAMPLES_HERE });
}

function consumerOf(
  { url, bus }: Broker,
  options: QueueTopology & { readonly name: string; readonly prefetch: number },
): EventConsumer {
  const limits = { ...options, drainMs: DRAIN_MS };
  const real = url === undefined ? null : () => new AmqpConsumer({ ...limits, url });
  return realOrTwin(real, bus && (() => bus.consumer(limits)), 'RABBITMQ_URL')();
}
