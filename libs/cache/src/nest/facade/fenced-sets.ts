import type { Peek } from '../../core/explain.js';
import type { SpaceCache } from '../../core/space-cache.js';
import { settleInvalidation } from '../after-commit.js';
import { AwaitedSets, type Fill } from './awaited-sets.js';
import type { Boxed } from './facade-space.js';

/** How a get was answered that has not reserved its key: no read of the space, which would tell of itself. */
export type LookOutcome = 'hit' | 'stale' | 'miss' | 'bypass';

const OUTCOMES: Readonly<Record<Peek<never>['status'], LookOutcome>> = {
  fresh: 'hit',
  stale: 'stale',
  grace: 'miss',
  absent: 'miss',
  unreachable: 'bypass',
};

/** The gets and sets of the facade, in which a set stores under the reservation of the get that it follows; see there. */
export class FencedSets {
  private readonly awaited: AwaitedSets<Boxed>;

  constructor(
    private readonly entries: SpaceCache<Boxed>,
    longestLoadMs: number,
    private readonly report: (outcome: LookOutcome) => void,
  ) {
    this.awaited = new AwaitedSets(longestLoadMs);
  }

  /** `null`: it is not there. */
  async get(key: string): Promise<Boxed | null> {
    const asking = this.awaited.begin(key);
    await asking; // what was loaded before the reservation must not be stored under it
    const box = asking ? await this.look(key) : await this.reserve(key);
    if (box) this.awaited.end(key);
    return box;
  }

  /** `undefined` deletes the key. @throws {CacheError} `INVALIDATION_LOST` */
  async set(key: string, box: Boxed | undefined): Promise<void> {
    const turn = this.awaited.take(key);
    if (turn.kind === 'fill') await this.fill(key, turn.fill, box);
    else if (turn.kind === 'write') await this.write(key, box);
    else await this.giveWay(key, box, turn.kind);
  }

  private async reserve(key: string): Promise<Boxed | null> {
    let fill: Fill<Boxed> = null;
    try {
      const found = await this.entries.reserve(key);
      if (found.kind === 'reserved') fill = found.fill;
      return found.kind === 'value' ? found.value : null;
    } finally {
      this.awaited.reserved(key, fill);
    }
  }

  private async look(key: string): Promise<Boxed | null> {
    const found = await this.entries.peek(key);
    this.report(OUTCOMES[found.status]);
    return 'value' in found && found.status !== 'grace' ? found.value : null;
  }

  private async fill(key: string, fill: NonNullable<Fill<Boxed>>, box: Boxed | undefined): Promise<void> {
    await fill(box);
    if (box === undefined) await this.remove(key);
  }

  private async write(key: string, box: Boxed | undefined): Promise<void> {
    await this.remove(key);
    if (box === undefined) return;
    const reservation = await this.entries.reserve(key);
    if (reservation.kind === 'reserved') await reservation.fill(box);
  }

  private async giveWay(key: string, box: Boxed | undefined, why: 'yield' | 'doubt'): Promise<void> {
    const there = await this.entries.peek(key);
    if (why === 'yield' && there.status === 'absent' && box) return; // whoever has the reservation loads the same
    const equal = box && 'value' in there && JSON.stringify(there.value?.value) === JSON.stringify(box.value);
    if (!equal) await this.remove(key);
  }

  /** One that waits for the store is not an error: until it is applied, this process reads nothing of the key. */
  private async remove(key: string): Promise<void> {
    await settleInvalidation(this.entries.invalidate(key));
  }
}
