import { CATALOG_EXCHANGE } from '@larder/contracts';
import { AmqpConsumer, type EventConsumer, type InProcessBus, type QueueTopology } from '@larder/messaging';
import { realOrTwin } from '@larder/platform';

/** The queue that the invalidators share; documented in docs/asyncapi.yaml. */
const TOPOLOGY: QueueTopology = {
  exchange: CATALOG_EXCHANGE,
  queue: 'catalog.changes.invalidator',
  deliveryLimit: 20,
  singleActiveConsumer: true,
};

/** Batches that may be here at a time; only one is applied at a time, so this only hides the way from the broker. */
const PREFETCH = 50;
const DRAIN_MS = 2_000;

/** The consumer of {@link TOPOLOGY} on RabbitMQ at `url`, else on `bus`. @throws {ConfigError} when there is neither */
export function consumerOf(url: string | undefined, bus: InProcessBus | undefined): EventConsumer {
  const limits = { prefetch: PREFETCH, drainMs: DRAIN_MS };
  const real =
    url === undefined ? null : () => new AmqpConsumer({ url, name: 'larder-invalidator', ...TOPOLOGY, ...limits });
  return realOrTwin(real, bus && (() => bus.consumer({ ...TOPOLOGY, ...limits })), 'RABBITMQ_URL')();
}
