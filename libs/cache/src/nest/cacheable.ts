import type { Tag } from '../core/invalidation.js';
import type { Space } from '../core/space.js';
import { apply, idOfCall, replaceMethod, type HasId, type IdOf, type Method, type Takes } from './cached-method.js';

/** What {@link Cacheable} takes beside the space; the callbacks take the method's arguments. */
export interface CacheableOptions<Id, Tags> {
  /** Which entry a call is about; the first argument unless given, which is a string or a number then. See `hashId` for queries. */
  readonly id?: Id;
  /** Tags that the value depends on. */
  readonly tags?: Tags;
  /** How long a caller waits, in milliseconds; without limit of its own unless given. The method goes on for others. */
  readonly timeoutMs?: number;
}

type TagsOf = (...args: never[]) => readonly Tag[];

/** Whether what the space holds is what the method resolves to; otherwise a type that says so. */
type Returns<Called extends Method, Value> = [Value] extends [Awaited<ReturnType<Called>>]
  ? unknown
  : { readonly 'the space holds another type than the method resolves to': never };

type CacheableDecorator<Value, Id extends IdOf | undefined, Tags> = <
  Called extends (...args: never[]) => Promise<Value | null | undefined>,
>(
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Called> & HasId<Called, Id> & Takes<Called, Tags> & Returns<Called, Value>,
) => void;

/**
 * Answers a method from the cache, and calls it when the value is not there, as `SpaceCache.getOrSet` does: callers that
 * ask before the method begins share one call, so nothing but the arguments that make up the id may decide its result; its
 * errors pass unchanged, `null` is cached and `undefined` is not.
 *
 * Works on any class that Nest creates, request-scoped ones too, in a module that sees the `Cache` of `CacheModule`.
 * @throws {TypeError} at the first call whose arguments do not tell an id
 */
export function Cacheable<Value, Id extends IdOf | undefined = undefined, Tags extends TagsOf | undefined = undefined>(
  space: Space<Value>,
  options: CacheableOptions<Id, Tags> = {},
): CacheableDecorator<Value, Id, Tags> {
  const { id, tags, timeoutMs } = options;
  return (target, property, descriptor) => {
    replaceMethod(target, property, descriptor, (call) => {
      const load = call.proceed as () => Promise<Value | null | undefined>;
      return call.cache.space(space).getOrSet(idOfCall(call, id), load, {
        ...(tags && { tags: apply(tags, call.args) }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
    });
  };
}
