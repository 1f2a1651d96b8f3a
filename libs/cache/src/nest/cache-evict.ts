import type { EntryInvalidation } from '../core/invalidation.js';
import type { Space } from '../core/space.js';
import { Questions, settleInvalidation, type OnPending } from './after-commit.js';
import {
  apply,
  idsOfCall,
  listOf,
  replaceMethod,
  type HasId,
  type IdsOf,
  type Method,
  type ResultIdsOf,
  type ResultTagsOf,
  type TakesResult,
} from './cached-method.js';

/** What {@link CacheEvict} takes beside the space. All callbacks but `id` take the method's result, and its arguments after it. */
export interface CacheEvictOptions<Id, Version, ResultId, Tags> {
  /** Which entry or entries a call is about, from its arguments; the first unless given, which is a string or a number then. */
  readonly id?: Id;
  /** The same from the method's result, in the place of `id`; an empty list for a change that is about tags alone. */
  readonly resultId?: ResultId;
  /** The version that the change gave the row; what is cached at it stays. */
  readonly version?: Version;
  /** Tags that the change retires. */
  readonly tags?: Tags;
  /** What becomes of a call whose invalidation has to wait for the store; `resolve` unless given. */
  readonly onPending?: OnPending;
}

type VersionOf = (result: never, ...args: never[]) => number;

type CacheEvictDecorator<Id extends IdsOf | undefined, Version, ResultId, Tags> = <Called extends Method>(
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Called> &
    HasId<Called, Id, ResultId> &
    TakesResult<Called, Version> &
    TakesResult<Called, Tags>,
) => void;

/**
 * Invalidates entries and tags after the method has resolved, in one round trip, and resolves once no read that starts
 * later can see the old values. Nothing is invalidated if the method fails: a method that may have committed all the
 * same invalidates by itself.
 *
 * An invalidation that the store has not applied in time does not fail the call, because the method's work is done: it
 * is repeated in the background, and until then this process does not serve the entry. `onPending: 'reject'` makes it
 * `INVALIDATION_PENDING`. `INVALIDATION_LOST` always rejects, for nobody repeats it. What a callback throws that takes the
 * result rejects too, once all that the others tell is invalidated.
 * @throws {TypeError} where it is used, if it has a `version` and the space none; before the method runs, if the arguments do not tell an id
 */
export function CacheEvict<
  Value,
  Id extends IdsOf | undefined = undefined,
  Version extends VersionOf | undefined = undefined,
  ResultId extends ResultIdsOf | undefined = undefined,
  Tags extends ResultTagsOf | undefined = undefined,
>(
  space: Space<Value>,
  options: CacheEvictOptions<Id, Version, ResultId, Tags> = {},
): CacheEvictDecorator<Id, Version, ResultId, Tags> {
  const { id, resultId, version, tags, onPending } = options;
  if (version && !space.version) throw new TypeError(`${space.name} has no versions: use @CacheEvict without one`);
  return (target, property, descriptor) => {
    replaceMethod(target, property, descriptor, async (call) => {
      const known = resultId ? [] : idsOfCall(call, id);
      const result = await call.proceed();
      const told = [result, ...call.args];
      const questions = new Questions();
      const ids = resultId ? questions.ask(() => listOf(apply(resultId, told)), []) : known;
      const change = version && questions.ask(() => versionIn(version, told), undefined);
      const entries = ids.flatMap((each) => questions.ask((): EntryInvalidation[] => space.entries(each, change), []));
      const retired = tags ? questions.ask(() => apply(tags, told), []) : [];
      await settleInvalidation(call.cache.invalidate({ entries, tags: retired }), onPending);
      questions.end();
      return result;
    });
  };
}

/** Without a version whatever is cached is invalidated, which is right for a result that has none. */
function versionIn(version: VersionOf, told: readonly unknown[]): number | undefined {
  const number = apply(version, told);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
