import type { CacheListener } from './events.js';
import type { Fence, Lease } from './fence.js';
import type { Finding, Looker } from './looker.js';

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
  readonly space: { readonly name: string };
  readonly looker: Looker<Value>;
  readonly fence: Fence<Value>;
  readonly emit: CacheListener;
}

/** Hands the lease of a load out to a caller who loads elsewhere. */
export class Reserver<Value> {
  constructor(private readonly parts: ReserverParts<Value>) {}

  async reserve(id: string): Promise<Reservation<Value>> {
    // Once more for a value that was filled between the look and the lease.
    const reservation = (await this.attempt(id)) ?? (await this.attempt(id)) ?? ({ kind: 'refused' } as const);
    this.report(reservation);
    return reservation;
  }

  private async attempt(id: string): Promise<Reservation<Value> | null> {
    const { looker, fence } = this.parts;
    const [finding] = (await looker.look([id], [])) as [Finding<Value>];
    if (finding.stored && finding.stored.stage !== 'grace') return { kind: 'value', value: finding.stored.value };
    const asked = finding.fillable ? await fence.ask(finding) : null;
    if (asked?.kind === 'value') return null;
    return asked?.kind === 'leased' ? this.reserved(asked.lease) : { kind: 'refused' };
  }

  private reserved(lease: Lease): Reservation<Value> {
    return { kind: 'reserved', fill: (value) => this.parts.fence.fill(lease, value) };
  }

  private report(reservation: Reservation<Value>): void {
    const { emit, space } = this.parts;
    if (reservation.kind === 'value') {
      const outcome = reservation.value === null ? 'negative' : 'hit';
      emit({ type: 'read', space: space.name, outcome, tier: 'store', count: 1 });
    } else {
      const outcome = reservation.kind === 'reserved' ? 'miss' : 'bypass';
      emit({ type: 'read', space: space.name, outcome, tier: 'source', count: 1 });
    }
  }
}
