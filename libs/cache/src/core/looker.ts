import type { CacheListener } from './events.js';
import type { GuardedStore } from './guarded-store.js';
import type { Tag } from './invalidation.js';
import { decodePayload, stampOf } from './payload.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { Space } from './space.js';
import type { Found } from './store.js';

/** What was found for one id. `hit` `null`: it must be loaded; `leased` says whether a lease is to be asked for. */
export interface Finding<Value> {
  readonly id: string;
  readonly key: string;
  readonly hit: { readonly value: Value | null } | null;
  readonly leased: boolean;
}

interface Findings<Value> {
  readonly findings: readonly Finding<Value>[];
  /** What the payload of a value loaded from now on begins with. */
  readonly stamp: string;
}

/** A key to look up; `owed`: an invalidation of it waits for the store. */
interface Wanted {
  readonly id: string;
  readonly key: string;
  readonly owed: boolean;
}

/** Looks ids up in the store, and says of each whether its value may be served. */
export class Looker<Value> {
  constructor(
    private readonly space: Space<Value>,
    private readonly store: GuardedStore,
    private readonly pending: PendingInvalidations,
    private readonly emit: CacheListener,
  ) {}

  /** Never throws for a store that is down: everything is then to be loaded without a lease. @throws {TypeError} for an empty id */
  async look(ids: readonly string[], tags: readonly Tag[]): Promise<Findings<Value>> {
    // Asked before the look: an invalidation that is applied while the answer is under way does not make the answer new.
    const wanted = ids.map((id) => this.want(id, tags));
    const keys = wanted.map(({ key }) => key);
    const seen = await this.store.attempt('look', (store) => store.look(keys, tags));
    const tagValues = seen && (await this.complete(seen.tags, tags));
    if (!seen || !tagValues) {
      return { findings: wanted.map(({ id, key }) => ({ id, key, hit: null, leased: false })), stamp: '' };
    }
    const stamp = stampOf(tagValues);
    const findings = wanted.map((each, index) => this.judge(each, seen.entries[index], stamp));
    return { findings: await Promise.all(findings), stamp };
  }

  private want(id: string, tags: readonly Tag[]): Wanted {
    const key = this.space.key(id);
    return { id, key, owed: this.pending.covers(key, tags) };
  }

  /** The tags' values with missing ones created, because the stamp of a load must be known before it begins. */
  private async complete(values: readonly (string | null)[], tags: readonly Tag[]): Promise<readonly string[] | null> {
    if (values.every((value) => value !== null)) return values;
    return this.store.attempt('tags', (store) => store.currentTags(tags));
  }

  private async judge({ id, key, owed }: Wanted, found: Found | undefined, stamp: string): Promise<Finding<Value>> {
    if (owed || found?.state === 'intent') return { id, key, hit: null, leased: false };
    if (found?.state !== 'value' || !found.payload.startsWith(stamp)) return { id, key, hit: null, leased: true };
    const decoded = decodePayload(this.space, found.payload, stamp);
    if (decoded.kind === 'value') return { id, key, hit: decoded, leased: true };
    this.emit({ type: 'corrupt', space: this.space.name });
    return { id, key, hit: null, leased: await this.discard(key) };
  }

  /** Makes room for a good value in place of one that nobody can read. */
  private async discard(key: string): Promise<boolean> {
    const done = await this.store.attempt('discard', async (store) => {
      await store.invalidate([{ key }], [], 1);
      return true;
    });
    return done ?? false;
  }
}
