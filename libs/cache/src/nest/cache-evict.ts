import type { Space } from '../core/space.js';
import {
  apply,
  idOfCall,
  replaceMethod,
  settleInvalidation,
  type HasId,
  type IdOf,
  type Method,
} from './cached-method.js';

/** What {@link CacheEvict} takes beside the space. */
export interface CacheEvictOptions<Id, Version> {
  /** Which entry a call is about; the first argument unless given, which is a string or a number then. */
  readonly id?: Id;
  /** The version that the change gave the row, from the method's result and its arguments; what is cached at it stays. */
  readonly version?: Version;
  /** What becomes of a call whose invalidation has to wait for the store; `resolve` unless given. */
  readonly onPending?: 'resolve' | 'reject';
}

type VersionOf = (result: never, ...args: never[]) => number;

type Versions<Called extends Method, Version> = [Version] extends [
  ((result: Awaited<ReturnType<Called>>, ...args: Parameters<Called>) => number) | undefined,
]
  ? unknown
  : { readonly 'version takes another result or other arguments than the method': never };

type CacheEvictDecorator<Id extends IdOf | undefined, Version> = <Called extends Method>(
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Called> & HasId<Called, Id> & Versions<Called, Version>,
) => void;

/**
 * Invalidates an entry after the method has resolved, and resolves once no read that starts later can see the old
 * value. Nothing is invalidated if the method fails: a method that may have committed all the same invalidates by itself.
 *
 * An invalidation that the store has not applied in time does not fail the call, because the method's work is done: it
 * is repeated in the background, and until then this process does not serve the entry. `onPending: 'reject'` makes it
 * `INVALIDATION_PENDING`. `INVALIDATION_LOST` always rejects, for nobody repeats it.
 * @throws {TypeError} where it is used, if it has a `version` and the space none; before the method runs, if the arguments do not tell an id
 */
export function CacheEvict<
  Value,
  Id extends IdOf | undefined = undefined,
  Version extends VersionOf | undefined = undefined,
>(space: Space<Value>, options: CacheEvictOptions<Id, Version> = {}): CacheEvictDecorator<Id, Version> {
  const { id, version, onPending } = options;
  if (version && !space.version) throw new TypeError(`${space.name} has no versions: use @CacheEvict without one`);
  return (target, property, descriptor) => {
    replaceMethod(target, property, descriptor, async (call) => {
      const entry = idOfCall(call, id);
      const result = await call.proceed();
      const entries = call.cache.space(space);
      let change: { readonly version: number } | undefined;
      try {
        change = version && versionIn(version, [result, ...call.args]);
      } finally {
        await settleInvalidation(entries.invalidate(entry, change), onPending);
      }
      return result;
    });
  };
}

/** Without a version whatever is cached is invalidated, which is right for a result that has none. */
function versionIn(version: VersionOf, args: readonly unknown[]): { readonly version: number } | undefined {
  const number = apply(version, args);
  return Number.isSafeInteger(number) && number > 0 ? { version: number } : undefined;
}
