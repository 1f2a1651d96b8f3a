import type { Cache } from '../core/cache.js';
import { CacheError } from '../core/errors.js';
import type { Space } from '../core/space.js';
import { Questions, settleInvalidation, type OnPending } from './after-commit.js';
import {
  apply,
  idOfCall,
  replaceMethod,
  type HasId,
  type IdOf,
  type ResultIdOf,
  type ResultTagsOf,
  type TakesResult,
} from './cached-method.js';

/** What {@link CachePut} takes beside the space. All callbacks but `id` take the method's result, and its arguments after it. */
export interface CachePutOptions<Id, ResultId, Tags> {
  /** Which entry a call is about, from its arguments; the first unless given, which is a string or a number then. */
  readonly id?: Id;
  /** The same from the method's result, in the place of `id`. */
  readonly resultId?: ResultId;
  /** Tags that the change retires: those of lists that the row has come into, left, or moved in. */
  readonly tags?: Tags;
  /** What becomes of a call whose invalidation has to wait for the store; `resolve` unless given. */
  readonly onPending?: OnPending;
}

type CachePutDecorator<Value, Id extends IdOf | undefined, ResultId, Tags> = <
  Called extends (...args: never[]) => Promise<Value | null | undefined>,
>(
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Called> & HasId<Called, Id, ResultId> & TakesResult<Called, Tags>,
) => void;

/**
 * Puts what the method resolves to, the row as it was committed, in the place of an older value that is cached, as
 * `SpaceCache.put` does; `null` and `undefined` invalidate the entry. Pending and lost invalidations, and callbacks that
 * throw, as for `CacheEvict`.
 * @throws {TypeError} where it is used, if the space has no versions; before the method runs, if the arguments do not tell an id
 */
export function CachePut<
  Value,
  Id extends IdOf | undefined = undefined,
  ResultId extends ResultIdOf | undefined = undefined,
  Tags extends ResultTagsOf | undefined = undefined,
>(
  space: Space<Value>,
  options: CachePutOptions<Id, ResultId, Tags> = {},
): CachePutDecorator<Value, Id, ResultId, Tags> {
  if (!space.version)
    throw new TypeError(`${space.name} has no versions, so nothing can be put into it: use @CacheEvict`);
  const { id, resultId, tags, onPending } = options;
  return (target, property, descriptor) => {
    replaceMethod(target, property, descriptor, async (call) => {
      const known = resultId ? null : idOfCall(call, id);
      const result = (await call.proceed()) as Value | null | undefined;
      const told = [result, ...call.args];
      const questions = new Questions();
      const entry = resultId ? questions.ask(() => apply(resultId, told), null) : known;
      const retired = tags ? questions.ask(() => apply(tags, told), []) : [];
      const changes = [
        ...(entry === null ? [] : [change(call.cache, space, entry, result)]),
        call.cache.invalidate({ entries: [], tags: retired }),
      ];
      const settled = await Promise.allSettled(changes.map((each) => settleInvalidation(each, onPending)));
      for (const each of settled) if (each.status === 'rejected') throw each.reason;
      questions.end();
      return result;
    });
  };
}

/** A value that cannot be put, because it has no version, is committed all the same. */
async function change<Value>(
  cache: Cache,
  space: Space<Value>,
  id: string,
  value: Value | null | undefined,
): Promise<void> {
  const entries = cache.space(space);
  if (value === null || value === undefined) {
    await entries.invalidate(id);
    return;
  }
  try {
    await entries.put(id, value);
  } catch (error) {
    if (!(error instanceof CacheError)) await entries.invalidate(id);
    throw error;
  }
}
