import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../tools/services/until.js';
import type {
  DeadLetter,
  EventConsumer,
  IncomingEvent,
  OutgoingEvent,
  Publisher,
  QueueLimits,
  SampleLimits,
  Verdict,
} from '../src/index.js';

/** How a consumer under contract is to be made. */
export type ConsumerLimits = QueueLimits & { readonly prefetch: number; readonly drainMs: number };

/** What a bus under contract can make. Queues are told apart by name; a closed consumer leaves its queue behind. */
export interface Bus {
  readonly publisher: Publisher;
  consumer(queue: string, limits: ConsumerLimits): EventConsumer;
}

const LIMITS = { prefetch: 100, deliveryLimit: 20, drainMs: 2_000 };

let ids = 0;

/** An event of this type with an id of its own. */
export function event(type: string, data: unknown = { n: 1 }): OutgoingEvent {
  ids += 1;
  return { id: `event-${ids}`, type, source: '/test', time: '2026-01-02T03:04:05.678Z', data };
}

/** Records what arrives; verdicts come from `judge`, `done` unless given. */
export class Recorder {
  readonly received: IncomingEvent[] = [];
  readonly letters: DeadLetter[] = [];
  readonly ups: boolean[] = [];

  constructor(private readonly judge: (event: IncomingEvent) => Verdict | Promise<Verdict> = () => 'done') {}

  handle = async (received: IncomingEvent): Promise<Verdict> => {
    this.received.push(received);
    return this.judge(received);
  };
  /** May be replaced by what is to happen before a delivery goes to the dead letters. */
  deadLettering: (letter: DeadLetter) => Promise<void> = () => Promise.resolve();
  deadLettered = (letter: DeadLetter): void => void this.letters.push(letter);
  upChanged = (up: boolean): void => void this.ups.push(up);

  ids(): string[] {
    return this.received.map(({ id }) => id);
  }
}

/** What publisher and consumer promise together, whatever carries the events. `bus` is called in each test. */
export function topicContract(bus: () => Bus): void {
  let queues = 0;
  const freshQueue = (): string => `contract-${(queues += 1)}`;
  const consumers: EventConsumer[] = [];

  async function consume(
    pattern: string,
    recorder: Recorder,
    { queue = freshQueue(), ...limits }: Partial<typeof LIMITS> & { queue?: string } = {},
  ): Promise<EventConsumer> {
    return begin(bus().consumer(queue, { ...LIMITS, ...limits }), pattern, recorder);
  }

  /** As `consume`, from a queue of samples. */
  async function sample(
    pattern: string,
    recorder: Recorder,
    { queue = freshQueue(), ...limits }: Partial<SampleLimits> & { queue?: string } = {},
  ): Promise<EventConsumer> {
    const samples = { maxMessages: 100, ttlMs: 60_000, ...limits };
    return begin(bus().consumer(queue, { samples, prefetch: 1, drainMs: 2_000 }), pattern, recorder);
  }

  async function begin(consumer: EventConsumer, pattern: string, recorder: Recorder): Promise<EventConsumer> {
    consumers.push(consumer);
    await consumer.start([pattern], recorder);
    return consumer;
  }

  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
  });

  it.each([[null], [0], [''], [false], [[]], [{}], [{ name: 'Crème brûlée', nested: [1, null] }]])(
    'carries the data %j and every attribute',
    async (data) => {
      const recorder = new Recorder();
      await consume('data.*', recorder);
      const sent = { ...event('data.sent', data), subject: 'product/1', traceparent: '00-aa-bb-01' };
      expect(await bus().publisher.publish([sent])).toEqual(['confirmed']);
      await until('it arrives', 5_000, () => recorder.received.length > 0);
      expect(recorder.received).toEqual([{ ...sent, earlierDeliveries: 0 }]);
    },
  );

  it('answers each event in its order, and says which one nobody wants', async () => {
    const recorder = new Recorder();
    await consume('order.#', recorder);
    const events = [event('order.made'), event('other.made'), event('order.line.added'), event('order')];
    const outcomes = await bus().publisher.publish(events);
    expect(outcomes).toEqual(['confirmed', 'unroutable', 'confirmed', 'confirmed']);
    await until('three arrive', 5_000, () => recorder.received.length === 3);
    expect(await bus().publisher.publish([])).toEqual([]);
  });

  it('gives every queue its own copy', async () => {
    const [one, other] = [new Recorder(), new Recorder()];
    await consume('copy.*', one);
    await consume('copy.made', other);
    await bus().publisher.publish([event('copy.made', { list: [1] })]);
    await until('each has its copy', 5_000, () => one.received.length === 1 && other.received.length === 1);
    expect(one.received[0]?.data).not.toBe(other.received[0]?.data);
  });

  it('refuses what JSON cannot carry, and takes the rest', async () => {
    const recorder = new Recorder();
    await consume('json.*', recorder);
    const outcomes = await bus().publisher.publish([{ ...event('json.not'), data: undefined }, event('json.is')]);
    expect(outcomes).toEqual(['refused', 'confirmed']);
  });

  it('keeps events while nobody consumes, for the next consumer', async () => {
    const queue = freshQueue();
    const early = await consume('kept.*', new Recorder(), { queue });
    await early.close();
    const kept = event('kept.here');
    expect(await bus().publisher.publish([kept])).toEqual(['confirmed']);
    const recorder = new Recorder();
    await consume('kept.*', recorder, { queue });
    await until('it arrives', 5_000, () => recorder.received.length === 1);
    expect(recorder.ids()).toEqual([kept.id]);
  });

  it('repeats a failed delivery up to the limit, then puts it away, and delivers the others meanwhile', async () => {
    const recorder = new Recorder(({ data }) => (data === 'poison' ? 'failed' : 'done'));
    const consumer = await consume('limit.*', recorder, { deliveryLimit: 3, prefetch: 1 });
    const poison = event('limit.poison', 'poison');
    const others = Array.from({ length: 5 }, () => event('limit.other'));
    await bus().publisher.publish([poison, ...others]);
    await until('the poison is put away', 5_000, async () => (await consumer.countDeadLetters()) === 1);
    expect(recorder.letters).toEqual([{ id: poison.id, type: poison.type, reason: 'failed 4 times' }]);
    await until('the others arrive', 5_000, () => others.every(({ id }) => recorder.ids().includes(id)));
    const attempts = recorder.received.filter(({ id }) => id === poison.id);
    expect(attempts.map(({ earlierDeliveries }) => earlierDeliveries)).toEqual([0, 1, 2, 3]);
  });

  it('puts away at once what is malformed', async () => {
    const recorder = new Recorder(() => 'malformed');
    const consumer = await consume('malformed.*', recorder);
    const bad = event('malformed.event');
    await bus().publisher.publish([bad]);
    await until('it is put away', 5_000, async () => (await consumer.countDeadLetters()) === 1);
    expect(recorder.received).toHaveLength(1);
    expect(recorder.letters).toEqual([{ id: bad.id, type: bad.type, reason: 'malformed' }]);
  });

  it.each<[Verdict, number]>([
    ['malformed', 1],
    ['failed', 2],
  ])('puts nothing away that is %s before its subscriber is ready for it', async (verdict, times) => {
    const recorder = new Recorder(() => verdict);
    let ready: () => void = () => undefined;
    const asked: DeadLetter[] = [];
    recorder.deadLettering = (letter) => {
      asked.push(letter);
      return new Promise((resolve) => (ready = resolve));
    };
    const consumer = await consume('ready.*', recorder, { deliveryLimit: 1 });
    const bad = event('ready.event');
    await bus().publisher.publish([bad]);
    await until('the subscriber was asked', 5_000, () => asked.length === 1);
    await sleep(50);
    expect([await consumer.countDeadLetters(), recorder.letters]).toEqual([0, []]);
    ready();
    await until('it is put away', 5_000, async () => (await consumer.countDeadLetters()) === 1);
    expect([recorder.letters, recorder.received.length]).toEqual([asked, times]);
  });

  it('gives back what its subscriber does not let go', async () => {
    const recorder = new Recorder(({ earlierDeliveries }) => (earlierDeliveries < 2 ? 'malformed' : 'done'));
    recorder.deadLettering = () => Promise.reject(new Error('not yet'));
    const consumer = await consume('unready.*', recorder);
    await bus().publisher.publish([event('unready.event')]);
    await until('it came three times', 5_000, () => recorder.received.length === 3);
    expect([await consumer.countDeadLetters(), recorder.letters]).toEqual([0, []]);
  });

  it('delivers again what was given back', async () => {
    const recorder = new Recorder(({ earlierDeliveries }) => (earlierDeliveries === 0 ? 'given-back' : 'done'));
    const consumer = await consume('back.*', recorder);
    await bus().publisher.publish([event('back.once')]);
    await until('it came twice', 5_000, () => recorder.received.length === 2);
    expect(await consumer.countDeadLetters()).toBe(0);
  });

  it('handles at most as many at a time as it may', async () => {
    let running = 0;
    let most = 0;
    const recorder = new Recorder(async (): Promise<Verdict> => {
      most = Math.max(most, (running += 1));
      await sleep(5);
      running -= 1;
      return 'done';
    });
    await consume('many.*', recorder, { prefetch: 4 });
    await bus().publisher.publish(Array.from({ length: 40 }, () => event('many.events')));
    await until('all are handled', 5_000, () => recorder.received.length === 40 && running === 0);
    expect(most).toBe(4);
  });

  it('finishes what is in flight before it closes', async () => {
    const queue = freshQueue();
    let release: (verdict: Verdict) => void = () => undefined;
    const held = new Recorder(() => new Promise<Verdict>((resolve) => (release = resolve)));
    const consumer = await consume('held.*', held, { queue });
    await bus().publisher.publish([event('held.event')]);
    await until('it is in flight', 5_000, () => held.received.length === 1);
    const closing = consumer.close();
    expect(consumer.up).toBe(false);
    setTimeout(release, 30, 'done'); // later than any broker needs to cancel
    await closing;
    const next = new Recorder();
    await consume('held.*', next, { queue });
    const after = event('held.after');
    await bus().publisher.publish([after]);
    await until('the next one arrives', 5_000, () => next.received.length > 0);
    expect(next.ids()).toEqual([after.id]);
  });

  it('gives back what does not finish in time, and what waited behind it', async () => {
    const queue = freshQueue();
    const stuck = new Recorder(() => new Promise<Verdict>(() => undefined));
    const consumer = await consume('stuck.*', stuck, { queue, prefetch: 2, drainMs: 50 });
    const events = [event('stuck.1'), event('stuck.2'), event('stuck.3')];
    await bus().publisher.publish(events);
    await until('two are stuck', 5_000, () => stuck.received.length === 2);
    await consumer.close();
    const next = new Recorder();
    await consume('stuck.*', next, { queue });
    await until('all three come again', 5_000, () => next.received.length >= 3);
    expect(next.ids().sort()).toEqual(events.map(({ id }) => id));
  });

  it('tells when it is up', async () => {
    const recorder = new Recorder();
    const consumer = bus().consumer(freshQueue(), LIMITS);
    expect(consumer.up).toBe(false);
    await consumer.start(['up.*'], recorder);
    expect([consumer.up, ...recorder.ups]).toEqual([true, true]);
    await consumer.close();
    expect([consumer.up, ...recorder.ups]).toEqual([false, true, false]);
  });

  it.each<Verdict>(['malformed', 'failed'])('drops a sample that is %s, and goes on', async (verdict) => {
    const recorder = new Recorder(({ type }) => (type === 'dropped.bad' ? verdict : 'done'));
    const consumer = await sample('dropped.*', recorder);
    const [bad, good] = [event('dropped.bad'), event('dropped.good')];
    expect(await bus().publisher.publish([bad, good])).toEqual(['confirmed', 'confirmed']);
    await until('the good one arrives', 5_000, () => recorder.ids().includes(good.id));
    await sleep(50); // longer than a failed delivery is kept before it goes back
    expect(recorder.ids()).toEqual([bad.id, good.id]);
    expect(recorder.letters).toMatchObject([{ id: bad.id, type: bad.type }]);
    expect(await consumer.countDeadLetters()).toBe(0);
  });

  it('keeps the newest of the samples that nobody takes, and takes all from the publisher', async () => {
    const queue = freshQueue();
    const early = await sample('newest.*', new Recorder(), { queue, maxMessages: 3 });
    await early.close();
    const events = Array.from({ length: 5 }, () => event('newest.event'));
    const outcomes = await bus().publisher.publish(events);
    expect(new Set(outcomes)).toEqual(new Set(['confirmed']));
    const recorder = new Recorder();
    await sample('newest.*', recorder, { queue, maxMessages: 3 });
    await until('three arrive', 5_000, () => recorder.received.length === 3);
    expect(recorder.ids()).toEqual(events.slice(2).map(({ id }) => id));
  });

  it('drops a sample that has waited too long', async () => {
    let release: (verdict: Verdict) => void = () => undefined;
    const recorder: Recorder = new Recorder(() =>
      recorder.received.length > 1 ? 'done' : new Promise<Verdict>((resolve) => (release = resolve)),
    );
    await sample('old.*', recorder, { ttlMs: 200 });
    const [held, old, fresh] = [event('old.held'), event('old.waits'), event('old.fresh')];
    await bus().publisher.publish([held, old]);
    await until('one is held', 5_000, () => recorder.received.length === 1);
    await sleep(300);
    release('done');
    await bus().publisher.publish([fresh]);
    await until('a fresh one arrives', 5_000, () => recorder.ids().includes(fresh.id));
    expect(recorder.ids()).toEqual([held.id, fresh.id]);
  });
}
