import { Inject } from '@nestjs/common';
import { Cache } from '../core/cache.js';
import { CacheError } from '../core/errors.js';

/** Nest names the property when it has nothing to put there, so its name says what is missing. */
const CACHE = Symbol('Cache of CacheModule.forRoot, for @Cacheable, @CacheEvict and @CachePut');

type Owner = object & { readonly [CACHE]?: Cache };

/** A method that takes whatever arguments. */
export type Method = (...args: never[]) => Promise<unknown>;

/** Says which entry a call is about; takes the method's arguments. */
export type IdOf = (...args: never[]) => string;

/** Whether a method's arguments tell an id: by `id`, if there is one, else the first of them does. Otherwise a type that says what is wrong. */
export type HasId<Called extends Method, Id extends IdOf | undefined> = [Id] extends [IdOf]
  ? Takes<Called, Id>
  : Parameters<Called>[0] extends string | number
    ? unknown
    : { readonly 'give an id: the first argument of the method is no string or number': never };

/** Whether `callback` takes the arguments of a method; otherwise a type that says so. */
export type Takes<Called extends Method, Callback> = [Callback] extends [
  ((...args: Parameters<Called>) => unknown) | undefined,
]
  ? unknown
  : { readonly 'the option takes other arguments than the method': never };

/** A call of a decorated method. `proceed` calls the method itself. */
export interface Call {
  readonly cache: Cache;
  readonly args: readonly unknown[];
  /** `Class.method`, for messages. */
  readonly name: string;
  readonly proceed: () => Promise<unknown>;
}

/** What the type checker lets pass unchecked: a callback whose parameters were compared with the method's when it was decorated. */
type Unchecked<Result> = (...args: readonly unknown[]) => Result;

/** Puts `around` in the place of a method; its class gets the cache injected, whatever its scope. Metadata and name stay. */
export function replaceMethod(
  target: object,
  property: string | symbol,
  descriptor: { value?: Method },
  around: (call: Call) => Promise<unknown>,
): void {
  const name = `${target.constructor.name}.${String(property)}`;
  const method = descriptor.value as Unchecked<Promise<unknown>> | undefined;
  if (typeof method !== 'function') throw new TypeError(`${name} is no method: only methods can be cached`);
  injectCache(target);
  const replacement = async function (this: Owner, ...args: readonly unknown[]): Promise<unknown> {
    const cache = this[CACHE];
    if (!cache) throw new Error(`${name} needs a Cache: let Nest create ${target.constructor.name}, with CacheModule`);
    return around({ cache, args, name, proceed: async () => Reflect.apply(method, this, args) });
  };
  Object.defineProperty(replacement, 'name', { value: method.name });
  for (const key of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), replacement);
  }
  descriptor.value = replacement;
}

/** Of the entry that a call is about. @throws {TypeError} if the arguments do not tell it */
export function idOfCall({ args, name }: Call, id: IdOf | undefined): string {
  if (id) return apply(id, args);
  const [first] = args;
  if (typeof first === 'string' || (typeof first === 'number' && Number.isFinite(first))) return String(first);
  throw new TypeError(
    `${name} is to be cached by its first argument, which is no string or number: give the decorator an id, such as { id: (query) => hashId(query) }`,
  );
}

/** Calls an option with arguments that were checked where the method was decorated. */
export function apply<Result>(callback: (...args: never[]) => Result, args: readonly unknown[]): Result {
  return (callback as Unchecked<Result>)(...args);
}

/** Awaits an invalidation after a commit. One that waits for the store is no failure, unless `onPending` says so. */
export async function settleInvalidation(
  invalidation: Promise<unknown>,
  onPending: 'resolve' | 'reject' = 'resolve',
): Promise<void> {
  try {
    await invalidation;
  } catch (error) {
    const pending = error instanceof CacheError && error.code === 'INVALIDATION_PENDING';
    if (!pending || onPending === 'reject') throw error;
  }
}

/** Once per class, and not again in a class that inherits it. */
function injectCache(target: object): void {
  if (CACHE in target) return;
  Object.defineProperty(target, CACHE, { value: undefined, writable: true });
  Inject(Cache)(target, CACHE);
}
