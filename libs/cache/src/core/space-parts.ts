import { Backoff } from './backoff.js';
import type { Clock } from './clock.js';
import { Codec } from './codec.js';
import type { CacheListener } from './events.js';
import { Explainer } from './explain.js';
import { Fence, type FenceTiming } from './fence.js';
import { Filler, type FillerParts } from './filler.js';
import type { GuardedStore } from './guarded-store.js';
import type { Hearing } from './hearing.js';
import type { Intents } from './intents.js';
import type { Invalidator } from './invalidator.js';
import { L1 } from './l1.js';
import { LoadGate, type LoadLimits } from './load.js';
import type { LookBatch } from './look-batch.js';
import { Looker } from './looker.js';
import type { Notes } from './notes.js';
import { ReadThrough } from './read-through.js';
import { Reader } from './reader.js';
import { Reserver } from './reserver.js';
import { SpaceCache } from './space-cache.js';
import { SpaceWriter } from './space-writer.js';
import type { Space } from './space.js';
import type { StoreClock } from './store-clock.js';

/** What all spaces of a cache have in common. */
export interface Shared {
  readonly store: GuardedStore;
  readonly storeClock: StoreClock;
  readonly batch: LookBatch;
  readonly limits: LoadLimits;
  readonly invalidator: Invalidator;
  readonly hearing: Hearing;
  readonly intents: Intents;
  /** The tiers within the process, by the names of their spaces. */
  readonly tiers: Map<string, { readonly isOn: boolean }>;
  readonly notes: Notes;
  readonly timing: FenceTiming;
  readonly maxWaitMs: number;
  readonly clock: Clock;
  readonly emit: CacheListener;
  /** Told of everything that runs in the background. */
  readonly track: (running: Promise<void>) => void;
}

/** Puts the reads and writes of one space together. */
export function createSpaceCache<Value>(space: Space<Value>, shared: Shared): SpaceCache<Value> {
  const { clock, storeClock, store, emit } = shared;
  const { pending } = shared.invalidator;
  const codec = new Codec(space);
  const backoff = new Backoff(clock, space.errorBackoffMs);
  const l1 = createL1(space, shared);
  const fence = new Fence({ ...shared, space, codec, l1 });
  const looker = new Looker<Value>({ ...shared, space, codec, pending, l1 });
  const weigh: FillerParts<Value>['weigh'] = (task, entry) => looker.weighInstead(task, entry);
  const filler = new Filler({ ...shared, gate: new LoadGate(shared.limits), space, fence, backoff, weigh });
  const holdsBack = (key: string): boolean => backoff.waitMs(key) > 0;
  const readThrough = new ReadThrough({ ...shared, space, looker, filler, l1, holdsBack });
  const renewClock = async (): Promise<void> => {
    if (storeClock.isDue) await store.attempt('now', (each) => storeClock.renew(() => each.now()));
  };
  const writer = new SpaceWriter({ ...shared, space, codec, renewClock });
  const explainer = new Explainer({ ...shared, space, looker, codec, pending, l1 });
  const reserver = new Reserver({ ...shared, space, looker, fence });
  const reader = new Reader({ space, looker, readThrough, l1, emit });
  return new SpaceCache({ reader, reserver, writer, explainer });
}

function createL1<Value>(space: Space<Value>, { hearing, tiers, emit, storeClock }: Shared): L1<Value> | null {
  if (space.l1 === null) return null;
  const l1 = new L1<Value>(space, space.l1, emit, storeClock);
  emit({ type: 'l1', space: space.name, state: 'off' }); // so that one that never comes on can be seen
  hearing.add(space.service, l1);
  tiers.set(space.name, l1);
  return l1;
}
