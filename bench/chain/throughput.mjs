import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { ask } from './catalogue.mjs';

const EXCHANGE = 'catalog.events';
const QUEUES = { 'bench.events': ['catalog.product.*'], 'bench.batches': ['catalog.changes.batch'] };
const AIM_PER_SECOND = 10_000;
const AIM_SHARE = 0.3;

const FILL = `
  INSERT INTO outbox (type, aggregate_id, version, payload)
  SELECT 'catalog.product.updated', id, g, jsonb_build_object('id', id, 'version', g, 'categoryPath', jsonb_build_array(id, id),
    'previousCategoryPath', jsonb_build_array(id, id), 'changed', jsonb_build_array('price_minor'))
  FROM (SELECT g, gen_random_uuid() AS id FROM generate_series(1, $1::integer) AS g) AS made`;

/** The text of the row: events a second from a full outbox to their confirms, and the same bodies published and confirmed raw. */
export async function throughputRow(stage, events) {
  const connection = await connect(stage.rabbitUrl, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  for (const [queue, patterns] of Object.entries(QUEUES)) {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    for (const pattern of patterns) await channel.bindQueue(queue, EXCHANGE, pattern);
  }
  const raw = await publishRaw(channel, events);
  const relayed = await relay(stage, events);
  for (const queue of Object.keys(QUEUES)) await channel.deleteQueue(queue); // the other row measures without them
  await connection.close();
  const share = relayed / raw;
  const met = relayed >= AIM_PER_SECOND || share >= AIM_SHARE ? 'met' : 'not met';
  const rates = `raw ${Math.round(raw)}/s, larder ${Math.round(relayed)}/s, ${share.toFixed(2)} of raw`;
  return `${events} events from a full outbox, each in a batch and by itself: ${rates} (at least ${AIM_PER_SECOND}/s or ${AIM_SHARE}): ${met}`;
}

async function publishRaw(channel, events) {
  const id = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';
  const path = [id, id];
  const data = { id, version: 1, changed: ['price_minor'], categoryPath: path, previousCategoryPath: path };
  const body = Buffer.from(JSON.stringify(data));
  const startMs = performance.now();
  for (let count = 0; count < events; count += 1) {
    const more = channel.publish(EXCHANGE, 'catalog.product.updated', body, { persistent: true, mandatory: true });
    if (!more) await once(channel, 'drain');
  }
  await channel.waitForConfirms();
  return (events * 1_000) / (performance.now() - startMs);
}

async function relay({ dist, databaseUrl, rabbitUrl }, events) {
  const { AmqpPublisher } = await import(`file://${dist}/libs/messaging/src/index.js`);
  const { Bell } = await import(`file://${dist}/apps/catalog/src/outbox/bell.js`);
  const { Relay } = await import(`file://${dist}/apps/catalog/src/outbox/relay.js`);
  await ask(databaseUrl, 'DELETE FROM outbox');
  await ask(databaseUrl, FILL, [events]);
  const publisher = new AmqpPublisher({ url: rabbitUrl, exchange: EXCHANGE, name: 'bench' });
  while (!publisher.connected) await sleep(10);
  let confirmed = 0;
  const done = new Promise((resolve) => {
    const parts = { databaseUrl, publisher, bell: new Bell(), now: () => Promise.resolve(null) };
    const running = new Relay({
      ...parts,
      published: (outcome, count) => {
        if (outcome === 'confirmed') confirmed += count;
        if (confirmed >= events) resolve(running);
      },
      interrupted: (reason) => process.stderr.write(`relay: ${reason}\n`),
    });
    running.start();
  });
  const startMs = performance.now();
  const running = await done;
  const rate = (events * 1_000) / (performance.now() - startMs);
  await running.stop();
  await publisher.close();
  return rate;
}
