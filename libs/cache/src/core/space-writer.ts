import type { Codec } from './codec.js';
import { readVersion } from './fence.js';
import type { EntryInvalidation, Tag } from './invalidation.js';
import type { Invalidator } from './invalidator.js';
import { keptMs } from './lifetime.js';
import { markOf, type Mark } from './mark.js';
import type { Space } from './space.js';
import { PLAIN_STAMP_CHARS } from './stamp.js';
import type { StoreClock } from './store-clock.js';

export interface SpaceWriterParts<Value> {
  readonly space: Space<Value>;
  readonly codec: Codec<Value>;
  readonly invalidator: Invalidator;
  readonly storeClock: StoreClock;
  /** Asks the store for its time, if that is not known yet. */
  readonly renewClock: () => Promise<void>;
}

/** What changes do to the entries of one space. Errors as of `Cache.invalidate`. */
export class SpaceWriter<Value> {
  constructor(private readonly parts: SpaceWriterParts<Value>) {}

  async invalidate(ids: string | readonly string[], version: number | undefined): Promise<void> {
    await this.parts.invalidator.invalidate(this.entries(ids, version), []);
  }

  async expire(ids: string | readonly string[]): Promise<void> {
    const { space, invalidator } = this.parts;
    const entries = this.entries(ids, undefined);
    if (entries.length === 0) return;
    if (space.graceMs === 0) await invalidator.invalidate(entries, []);
    else await invalidator.expire(entries, space.graceMs);
  }

  async retire(): Promise<Tag> {
    const { generation } = this.parts.space;
    await this.parts.invalidator.invalidate([], [generation]);
    return generation;
  }

  /** @throws {TypeError} if the space is strict or has no versions, or the value none that is one; the id is invalidated all the same */
  async put(id: string, value: Value): Promise<boolean> {
    const { space, invalidator, storeClock } = this.parts;
    const version = await this.versionOf(id, value);
    const [own, ...others] = space.entries(id, version);
    await this.parts.renewClock();
    const mark = markOf(storeClock.atLeast());
    const form = own && storeClock.isKnown ? await this.formOf(own.key, value, mark) : null;
    if (own === undefined || form === null) {
      await invalidator.invalidate(this.entries([id], version), []);
      return false;
    }
    const request = { version, mark, ...form, stampChars: PLAIN_STAMP_CHARS };
    const [answer] = await Promise.all([invalidator.put(own, request), invalidator.invalidate(others, [])]);
    return answer === 'stored';
  }

  /** What is stored of a value, and for how long; `null` if it cannot be. */
  private async formOf(
    key: string,
    value: Value,
    mark: Mark,
  ): Promise<{ readonly body: string; readonly ttlMs: number } | null> {
    const { space, codec } = this.parts;
    try {
      return { body: await codec.encode(value), ttlMs: keptMs(space, key, mark, value) };
    } catch {
      return null;
    }
  }

  private async versionOf(id: string, value: Value): Promise<number> {
    const { space } = this.parts;
    if (space.freshness === 'strict') {
      throw new TypeError(`${space.name} is strict: end the intent of the transaction by an invalidation`);
    }
    if (!space.version) throw new TypeError(`${space.name} has no versions, so nothing can be put into it`);
    try {
      return readVersion(space, value);
    } catch (cause) {
      // The commit that it is called after has happened. What becomes of this is told by events.
      await this.invalidate(id, undefined).catch(() => undefined);
      throw new TypeError(`${space.name} cannot read a version from the value`, { cause });
    }
  }

  private entries(ids: string | readonly string[], version: number | undefined): EntryInvalidation[] {
    return (typeof ids === 'string' ? [ids] : ids).flatMap((id) => this.parts.space.entries(id, version));
  }
}
