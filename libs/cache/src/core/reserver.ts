import type { CacheListener } from './events.js';
import type { Asked, Fence, Lease } from './fence.js';
import type { Stored } from './finding.js';
import type { Looker } from './looker.js';
import type { Space } from './space.js';

/**
 * What one gets who asks for a value and will load it by oneself otherwise.
 *
 * `value`: it is cached. `reserved`: load it, and `fill` it; what was invalidated meanwhile is not stored. Somebody who
 * does not come back delays others by the lease at most. `refused`: what is loaded now may not be stored, because
 * somebody else loads it, or the store does not answer.
 */
export type Reservation<Value> =
  | { readonly kind: 'value'; readonly value: Value | null }
  | {
      readonly kind: 'reserved';
      /** Whether the value is in the store now; once only. `undefined` gives the reservation up. Never throws. */
      readonly fill: (value: Value | null | undefined) => Promise<boolean>;
    }
  | { readonly kind: 'refused' };

export interface ReserverParts<Value> {
  readonly space: Pick<Space<Value>, 'name' | 'demand'>;
  readonly looker: Looker<Value>;
  readonly fence: Fence<Value>;
  readonly emit: CacheListener;
}

/** A reservation, and what a listener is told of the read that it stands for. */
interface Attempt<Value> {
  readonly reservation: Reservation<Value>;
  readonly outcome: 'hit' | 'negative' | 'stale' | 'miss' | 'bypass';
}

/** Hands the lease of a load out to a caller who loads elsewhere. */
export class Reserver<Value> {
  constructor(private readonly parts: ReserverParts<Value>) {}

  async reserve(id: string): Promise<Reservation<Value>> {
    // Once more for a value that was filled between the look and the lease.
    const attempt = (await this.attempt(id)) ?? (await this.attempt(id)) ?? refused<Value>('miss');
    const { emit, space } = this.parts;
    const tier = attempt.reservation.kind === 'value' ? 'store' : 'source';
    emit({ type: 'read', space: space.name, outcome: attempt.outcome, tier, count: 1 });
    return attempt.reservation;
  }

  private async attempt(id: string): Promise<Attempt<Value> | null> {
    const { looker, fence, space } = this.parts;
    const finding = await looker.lookOne(id, { tags: [], demand: space.demand, patienceMs: Infinity });
    const { stored } = finding;
    if (stored && stored.stage !== 'grace') {
      return { reservation: { kind: 'value', value: stored.value }, outcome: outcomeOf(stored) };
    }
    const asked = finding.fillable ? await fence.ask(finding) : null;
    return asked?.kind === 'value' ? null : this.attemptOf(asked);
  }

  private attemptOf(asked: Exclude<Asked, { kind: 'value' }>): Attempt<Value> {
    if (asked?.kind === 'leased') return { reservation: this.reserved(asked.lease), outcome: 'miss' };
    return refused(asked?.kind === 'busy' ? 'miss' : 'bypass');
  }

  private reserved(lease: Lease): Reservation<Value> {
    return { kind: 'reserved', fill: (value) => this.parts.fence.fill(lease, value) };
  }
}

function refused<Value>(outcome: 'miss' | 'bypass'): Attempt<Value> {
  return { reservation: { kind: 'refused' }, outcome };
}

function outcomeOf({ stage, value }: Stored<unknown>): 'hit' | 'negative' | 'stale' {
  if (stage === 'stale') return 'stale';
  return value === null ? 'negative' : 'hit';
}
