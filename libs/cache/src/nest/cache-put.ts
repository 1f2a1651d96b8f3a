import { CacheError } from '../core/errors.js';
import type { SpaceCache } from '../core/space-cache.js';
import type { Space } from '../core/space.js';
import { idOfCall, replaceMethod, settleInvalidation, type HasId, type IdOf } from './cached-method.js';

/** What {@link CachePut} takes beside the space. */
export interface CachePutOptions<Id> {
  /** Which entry a call is about; the first argument unless given, which is a string or a number then. */
  readonly id?: Id;
  /** What becomes of a call whose invalidation has to wait for the store; `resolve` unless given. */
  readonly onPending?: 'resolve' | 'reject';
}

type CachePutDecorator<Value, Id extends IdOf | undefined> = <
  Called extends (...args: never[]) => Promise<Value | null | undefined>,
>(
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Called> & HasId<Called, Id>,
) => void;

/**
 * Puts what the method resolves to, the row as it was committed, in the place of an older value that is cached, as
 * `SpaceCache.put` does; `null` and `undefined` invalidate the entry. Pending and lost invalidations as for `CacheEvict`.
 * @throws {TypeError} where it is used, if the space has no versions; before the method runs, if the arguments do not tell an id
 */
export function CachePut<Value, Id extends IdOf | undefined = undefined>(
  space: Space<Value>,
  options: CachePutOptions<Id> = {},
): CachePutDecorator<Value, Id> {
  if (!space.version)
    throw new TypeError(`${space.name} has no versions, so nothing can be put into it: use @CacheEvict`);
  const { id, onPending } = options;
  return (target, property, descriptor) => {
    replaceMethod(target, property, descriptor, async (call) => {
      const entry = idOfCall(call, id);
      const result = (await call.proceed()) as Value | null | undefined;
      const entries = call.cache.space(space);
      const absent = result === null || result === undefined;
      await settleInvalidation(absent ? entries.invalidate(entry) : put(entries, entry, result), onPending);
      return result;
    });
  };
}

/** A value that cannot be put, because it has no version, is committed all the same. */
async function put<Value>(entries: SpaceCache<Value>, id: string, value: Value): Promise<void> {
  try {
    await entries.put(id, value);
  } catch (error) {
    if (!(error instanceof CacheError)) await entries.invalidate(id);
    throw error;
  }
}
