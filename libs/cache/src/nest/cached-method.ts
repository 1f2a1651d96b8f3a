import 'reflect-metadata';
import { Inject } from '@nestjs/common';
import { Cache } from '../core/cache.js';
import type { Tag } from '../core/invalidation.js';

/** Nest names the property when it has nothing to put there, so its name says what is missing. */
const CACHE = Symbol('Cache of CacheModule.forRoot, for @Cacheable, @CacheEvict and @CachePut');

type Owner = object & { readonly [CACHE]?: Cache };

/** A method that takes whatever arguments. */
export type Method = (...args: never[]) => Promise<unknown>;

/** Says which entry a call is about; takes the method's arguments. */
export type IdOf = (...args: never[]) => string;

/** Says which entries a call is about; takes the method's arguments. */
export type IdsOf = (...args: never[]) => string | readonly string[];

/** Says which entry a call was about; takes what the method resolved to, and its arguments after it. */
export type ResultIdOf = (result: never, ...args: never[]) => string;

/** As {@link ResultIdOf}, of one or several. */
export type ResultIdsOf = (result: never, ...args: never[]) => string | readonly string[];

/** Says which tags a call has made obsolete; takes what the method resolved to, and its arguments after it. */
export type ResultTagsOf = (result: never, ...args: never[]) => readonly Tag[];

/** Whether a call tells an id: by `resultId` or `id`, if there is one, else the first argument does. Otherwise a type that says what is wrong. */
export type HasId<Called extends Method, Id extends IdsOf | undefined, ResultId = undefined> = [ResultId] extends [
  undefined,
]
  ? [Id] extends [IdsOf]
    ? Takes<Called, Id>
    : Parameters<Called>[0] extends string | number
      ? unknown
      : { readonly 'give an id: the first argument of the method is no string or number': never }
  : TakesResult<Called, ResultId>;

/** Whether `callback` takes the arguments of a method; otherwise a type that says so. */
export type Takes<Called extends Method, Callback> = [Callback] extends [
  ((...args: Parameters<Called>) => unknown) | undefined,
]
  ? unknown
  : { readonly 'the option takes other arguments than the method': never };

/** Whether `callback` takes what a method resolves to, and its arguments after it; otherwise a type that says so. */
export type TakesResult<Called extends Method, Callback> = [Callback] extends [
  ((result: Awaited<ReturnType<Called>>, ...args: Parameters<Called>) => unknown) | undefined,
]
  ? unknown
  : { readonly 'the option takes another result or other arguments than the method': never };

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
export function idOfCall(call: Call, id: IdOf | undefined): string {
  return id ? apply(id, call.args) : firstOf(call);
}

/** Of the entries that a call is about. @throws {TypeError} if the arguments do not tell them */
export function idsOfCall(call: Call, id: IdsOf | undefined): readonly string[] {
  return id ? listOf(apply(id, call.args)) : [firstOf(call)];
}

/** One or several as a list. */
export function listOf(ids: string | readonly string[]): readonly string[] {
  return typeof ids === 'string' ? [ids] : ids;
}

/** Calls an option with arguments that were checked where the method was decorated. */
export function apply<Result>(callback: (...args: never[]) => Result, args: readonly unknown[]): Result {
  return (callback as Unchecked<Result>)(...args);
}

function firstOf({ args, name }: Call): string {
  const [first] = args;
  if (typeof first === 'string' || (typeof first === 'number' && Number.isFinite(first))) return String(first);
  throw new TypeError(
    `${name} is to be cached by its first argument, which is no string or number: give the decorator an id, such as { id: (query) => hashId(query) }`,
  );
}

/** Once per class, and not again in a class that inherits it. */
function injectCache(target: object): void {
  if (CACHE in target) return;
  Object.defineProperty(target, CACHE, { value: undefined, writable: true });
  Inject(Cache)(target, CACHE);
}
