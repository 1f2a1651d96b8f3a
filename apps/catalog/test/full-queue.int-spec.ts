import { CATALOG_EXCHANGE, CHANGE_BATCH } from '@larder/contracts';
import { AmqpPublisher } from '@larder/messaging';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { borrowVhost, until, type BorrowedVhost } from '../../../tools/services/index.js';
import { BatchLog } from '../src/outbox/batch-log.js';
import { RelaySession } from '../src/outbox/relay-session.js';
import { addCategory } from './fixture.js';
import { RelayStage } from './relay-stage.js';

const INVALIDATOR = 'invalidator';
const STRANGER = 'stranger';
/** What the stranger's queue holds. */
const ROOM = 1;
const CHANGES = 4;

describe('beside a queue of somebody else that is full and refuses', () => {
  let stage: RelayStage;
  let vhost: BorrowedVhost;
  let model: ChannelModel;
  let channel: Channel;
  let publisher: AmqpPublisher;

  beforeAll(async () => {
    [stage, vhost] = await Promise.all([RelayStage.open(), borrowVhost()]);
    publisher = new AmqpPublisher({ url: vhost.url, exchange: CATALOG_EXCHANGE, name: 'full queue' });
    await until('the publisher is connected', 5_000, () => publisher.connected);
    model = await connect(vhost.url);
    channel = await model.createChannel();
    await channel.assertQueue(INVALIDATOR);
    await channel.bindQueue(INVALIDATOR, CATALOG_EXCHANGE, CHANGE_BATCH);
    await channel.assertQueue(STRANGER, { arguments: { 'x-max-length': ROOM, 'x-overflow': 'reject-publish' } });
    await channel.bindQueue(STRANGER, CATALOG_EXCHANGE, 'catalog.category.*');
  }, 120_000);
  afterAll(async () => {
    await model.close();
    await publisher.close();
    await vhost.release();
    await stage.close();
  });
  afterEach(async () => {
    await stage.stopAll();
    await stage.clear();
    await channel.purgeQueue(STRANGER);
    await channel.purgeQueue(INVALIDATOR);
  });

  const ids: string[] = [];

  /** One batch each; resolves when all are published, and the stranger owes itself all that found no room. */
  async function change(): Promise<void> {
    ids.splice(0);
    stage.start(undefined, publisher);
    for (let count = 1; count <= CHANGES; count += 1) {
      ids.push((await addCategory(stage.catalogue)).id);
      await until('the batch is published', 10_000, async () => {
        const log = await stage.log();
        return log.length === count && log.every(({ published_at }) => published_at !== null);
      });
    }
    expect(await stage.owed()).toBe(CHANGES - ROOM);
  }

  it('each batch is published once, and each event comes when there is room', async () => {
    await change();
    expect((await stage.log()).map(({ attempts }) => attempts)).toEqual(Array.from({ length: CHANGES }, () => 0));
    await until('events were repeated', 10_000, async () => {
      const rows = await stage.catalogue.sql<{ attempts: number }>('SELECT attempts FROM owed_events');
      return rows.every(({ attempts }) => attempts > 1);
    });
    expect((await channel.checkQueue(INVALIDATOR)).messageCount).toBeGreaterThanOrEqual(CHANGES); // and beats

    const came: string[] = [];
    await channel.consume(
      STRANGER,
      (message) => {
        if (message === null) return;
        came.push((JSON.parse(message.content.toString()) as { id: string }).id);
        channel.ack(message);
      },
      { consumerTag: STRANGER },
    );
    await until('nothing is owed', 20_000, async () => (await stage.owed()) === 0);
    await until('every event has come', 5_000, () => new Set(came).size === CHANGES);
    await channel.cancel(STRANGER);
    expect(new Set(came)).toEqual(new Set(ids));
    expect(stage.givenUp).toBe(0);
  });

  it('batches are trimmed after ten minutes, and what is owed for so long is given up, and counted', async () => {
    await change();
    await stage.catalogue.sql(`UPDATE invalidation_log SET created_at = now() - interval '11 minutes'`);
    const last = Number((await stage.log()).at(-1)?.n);
    await stage.catalogue.sql(`UPDATE owed_events SET created_at = now() - interval '9 minutes'`);
    await stage.catalogue.sql(
      `UPDATE owed_events SET created_at = now() - interval '11 minutes' WHERE id = (SELECT min(id::text)::uuid FROM owed_events)`,
    );
    await until('one is given up', 10_000, () => stage.givenUp > 0);
    expect([stage.givenUp, await stage.owed()]).toEqual([1, CHANGES - ROOM - 1]);
    expect((await stage.log()).map(({ n }) => Number(n))).toEqual([last]);
  });

  it('batches whose retry is not due take no room from those which are', async () => {
    const session = await RelaySession.open(stage.catalogue.url);
    const log = new BatchLog(session);
    const numbers: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      await addCategory(stage.catalogue);
      numbers.push((await log.number(500, null))!.n);
    }
    const [first, second, third] = numbers as [number, number, number];
    await stage.catalogue.sql(`UPDATE invalidation_log SET next_attempt_at = now() + interval '1 hour' WHERE n = $1`, [
      first,
    ]);
    await stage.catalogue.sql(`UPDATE invalidation_log SET next_attempt_at = now() WHERE n = $1`, [second]);
    expect(await log.unpublished([], 2)).toMatchObject([{ n: third }, { n: second }]);
    expect(await log.unpublished([], 3)).toMatchObject([{ n: third }, { n: second }, { changes: null }]);
    await session.close();
  });
});
