import { jest } from '@jest/globals';
import type fc from 'fast-check';
import type { FaultyStore, StoreFault } from '../../../src/testing/index.js';
import { change } from './changing.js';
import type { History } from './history.js';
import { isChange, isSourceEvent, isStrictWrite } from './play.js';
import type { Action, Change, Lane, Play, SourceEvent, StrictWrite } from './play.js';
import { get, peek, read, reserve } from './reading.js';
import { writeStrictly } from './strict-writing.js';
import { World, type Process } from './world.js';

const MAX_STEPS = 20_000;
const A_WHILE_MS = 600;

/** One play: lanes of actions in a world, in the order that the scheduler gives to what they wait for. */
export class Scene<Value> {
  private readonly world: World<Value>;

  constructor(
    private readonly play: Play<Value>,
    s: fc.Scheduler,
    maxEntries: number,
  ) {
    this.world = new World(play, s, maxEntries);
  }

  /** Ends when all lanes have, and every process has then read what is left. */
  async run(lanes: readonly Lane[], paceMs: readonly number[]): Promise<void> {
    let ticks = 0;
    const tick = (): void => {
      void this.world.s.schedule(Promise.resolve(), 'time passes').then(() => {
        jest.advanceTimersByTime(paceMs[ticks++ % (paceMs.length + 1)] ?? 30);
        for (const { feed } of this.world.processes) feed()?.ping();
        tick();
      });
    };
    tick();
    if (typeof this.play.space.freshness === 'object') this.keepRelaying();
    await this.until(Promise.all(lanes.map((lane) => this.runLane(lane))));
    for (const { store, feed } of this.world.processes) {
      store.heal();
      feed()?.unmute();
    }
    this.world.failingLoads = 0;
    this.world.relay.stopped = false;
    const readings = this.world.processes.flatMap((process) =>
      this.world.rows.map((row) => read(this.world, process, [row])),
    );
    await this.until(Promise.all(readings));
    await this.until(Promise.all(this.world.processes.map(({ cache }) => cache.close())));
  }

  private keepRelaying(): void {
    const { s, relay } = this.world;
    const step = (): void => {
      void s.schedule(Promise.resolve(), 'the relay wakes').then(() => {
        void relay.step();
        step();
      });
    };
    step();
  }

  private async befallSource(event: SourceEvent, row: History): Promise<void> {
    const { relay, past, processes } = this.world;
    switch (event) {
      case 'commit':
        relay.add(this.play.space.entries(row.id, row.commit()));
        await this.world.pass(A_WHILE_MS / 2);
        return;
      case 'relay stops':
      case 'relay goes on':
        relay.stopped = event === 'relay stops';
        if (relay.stopped) await this.world.pass(A_WHILE_MS);
        return;
      case 'fail over':
      case 'fail over far': {
        const lost = processes.map(async ({ feed }) => feed()?.lose());
        past.goBack(event === 'fail over' ? 1 : 3);
        await Promise.all(lost);
        await this.world.pass(A_WHILE_MS);
      }
    }
  }

  /** Lets the scheduler go on until `ended` has. */
  private async until(ended: Promise<unknown>): Promise<void> {
    const state = { steps: 0, over: false };
    const noted = ended.finally(() => (state.over = true));
    noted.catch(() => undefined);
    while (!state.over) {
      if (++state.steps > MAX_STEPS) throw new Error('The lanes do not end');
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- waitNext gives way fifty times first, and takes twice as long
      await this.world.s.waitOne();
    }
    await noted;
  }

  private async runLane(lane: Lane): Promise<void> {
    for (const [action, process, row] of lane) {
      await this.world.s.schedule(Promise.resolve(), `${action} ${process} ${row}`);
      await this.perform(action, this.world.processes[process]!, this.world.rows[row]!);
    }
  }

  private async perform(action: Action, process: Process<Value>, row: History): Promise<void> {
    if (isChange(action)) return change(this.world, action, process, row);
    if (isStrictWrite(action)) return writeStrictly(this.world, action, process, row);
    if (isSourceEvent(action)) return this.befallSource(action, row);
    return this.readOrBefall(action, process, row);
  }

  private async readOrBefall(
    action: Exclude<Action, Change | StrictWrite | SourceEvent>,
    process: Process<Value>,
    row: History,
  ): Promise<void> {
    switch (action) {
      case 'read':
      case 'read many':
        return read(this.world, process, action === 'read' ? [row] : this.world.rows);
      case 'get':
      case 'get many':
        return get(this.world, process, action === 'get' ? [row] : this.world.rows);
      case 'peek':
        return peek(this.world, process, row);
      case 'reserve':
        return reserve(this.world, process, row);
      case 'loads fail':
        this.world.failingLoads = 2;
        return;
      case 'evict one':
        await this.world.evict();
        return;
      case 'evict all':
        this.world.memory.clear();
        return;
      case 'store refuses':
        befall(process, 'refuse');
        return;
      case 'store refuses changes':
        process.store.fail('refuse', { only: ['invalidate', 'put', 'expire'], times: 6 });
        return;
      case 'store loses answers':
        befall(process, 'lose-answer');
        return;
      case 'store hangs':
        befall(process, 'hang');
        return;
      case 'store never answers':
        befall(process, 'never-answer');
        return;
      case 'store heals':
        process.store.heal();
        return;
      case 'feed is cut':
        await process.feed()?.cut();
        return;
      case 'feed is mute':
        process.feed()?.mute();
        return;
      case 'feed speaks':
        process.feed()?.unmute();
        return;
    }
  }
}

function befall({ store }: { readonly store: FaultyStore }, fault: StoreFault): void {
  store.fail(fault, { times: 4 });
}
