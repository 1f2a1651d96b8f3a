import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Redis } from 'ioredis';
import { PRODUCT } from './attack.js';

const MIB = 1_048_576;
/** Of a record: state, version, mark and stamp; then comes the value. */
const HEAD = /^V\d+.{5}.{5}/;

type Put = (redis: Redis, key: string, genuine: string) => Promise<unknown>;

/** What a read makes of it: it replaces it, or does without the cache until it is gone, because it may be newer than the row. */
type Outcome = 'replaced' | 'avoided';

const text =
  (poison: (genuine: string) => string | Buffer): Put =>
  (redis, key, genuine) =>
    redis.set(key, poison(genuine));
/** Another value behind a stamp that the cache accepts. */
const value = (poison: (genuine: Record<string, unknown>) => unknown): Put =>
  text((genuine) => {
    const [head = ''] = HEAD.exec(genuine) ?? [];
    const made = poison(JSON.parse(genuine.slice(head.length)) as Record<string, unknown>);
    return head + (typeof made === 'string' ? made : JSON.stringify(made));
  });
/** A key of another type. */
const foreign = (put: Put): Put => put;
const deflated = (plain: string): string => `~${deflateRawSync(plain).toString('base64')}`;

/** What stands at the key of a product in Redis, made from what the cache itself would have written there. */
export const POISONS: readonly (readonly [name: string, put: Put, outcome?: Outcome])[] = [
  ['garbage', text(() => 'garbage')],
  ['nothing', text(() => '')],
  ['bytes', text(() => Buffer.from([0xff, 0x00, 0xfe]))],
  ['1 MiB of garbage', text(() => `V${'x'.repeat(MIB)}`)],
  ['JSON alone', text((genuine) => genuine.replace(HEAD, ''))],
  ['a version and nothing else', text(() => 'V1')],
  ['a version of twenty digits', text((genuine) => genuine.replace(/^V\d+/, `V${'9'.repeat(20)}`)), 'avoided'],
  [
    'a version far ahead behind another stamp',
    text((genuine) => genuine.replace(/^V\d+(.{5}).{5}/, 'V999999999$1OLD__')),
    'avoided',
  ],
  ['no version', text((genuine) => genuine.replace(/^V\d+/, 'V'))],
  ['an unknown state', text((genuine) => genuine.replace('V', 'X'))],
  ['a refresh without its lease', text((genuine) => genuine.replace('V', 'R'))],
  ['another stamp', text((genuine) => genuine.replace(/^(V\d+.{5}).{5}/, '$1OLD__'))],
  ['half of a value', text((genuine) => genuine.slice(0, -20))],
  ['an absence in broken base64', value(() => '~***')],
  ['a deflated value that is broken', value((product) => deflated(JSON.stringify(product)).slice(0, -9))],
  ['a deflated value of 64 MiB', value(() => deflated(' '.repeat(64 * MIB)))],
  ['100,000 arrays in each other', value(() => '['.repeat(100_000))],
  ['null', value(() => 'null')],
  ['a number', value(() => '1')],
  ['a list', value((product) => [product])],
  ['an object without fields', value(() => ({}))],
  ['__proto__', value((product) => `{"__proto__":${JSON.stringify(product)}}`)],
  ['a value of an older schema', value((product) => ({ ...product, brand: undefined }))],
  ['a value of a newer schema', value(({ priceMinor, ...newer }) => ({ ...newer, price: { minor: priceMinor } }))],
  ['a price as text', value((product) => ({ ...product, priceMinor: '1' }))],
  ['a price below 0', value((product) => ({ ...product, priceMinor: -1 }))],
  ['a version of 0', value((product) => ({ ...product, version: 0 }))],
  ['an id that is none', value((product) => ({ ...product, id: '../x' }))],
  ['a list of Redis', foreign((redis, key) => redis.lpush(key, 'x'))],
  ['a hash of Redis', foreign((redis, key) => redis.hset(key, 'x', 'y'))],
  ['a set of Redis', foreign((redis, key) => redis.sadd(key, 'x'))],
];

/** What stands in the hash of an anonymous session with one line in its cart. */
export const SESSION_POISONS: readonly (readonly [name: string, fields: Readonly<Record<string, string>>])[] = [
  ['roles without an account', { roles: 'editor,operator' }],
  ['__proto__', { __proto__x: '1', 'cart:__proto__': '1', constructor: '1' }],
  ['an account that is none', { account: '../x' }],
  ['a generation that is none', { generation: 'x' }],
  ['a beginning that is none', { created: 'x' }],
  ['a last use that is none', { seen: 'x' }],
  ['a renewal that is none', { issued: 'x' }],
  ['a sign-in that is none', { signed_in: 'x' }],
  ['versions that are none', { versions: '{"x":' }],
  ['a quantity that is none', { [`cart:${PRODUCT}`]: 'x' }],
  ['a quantity below 0', { [`cart:${PRODUCT}`]: '-5' }],
  ['a quantity of 1e9', { [`cart:${PRODUCT}`]: '1000000000' }],
  ['a product that is none', { 'cart:../x': '1' }],
  ['1 MiB', { junk: 'x'.repeat(MIB) }],
  ['no id', { id: '' }],
];

/** The key of the session that a secret, never renewed, belongs to. */
export function sessionKeyOf(secret: string): string {
  return `auth_service:session:${createHash('sha256').update(secret).digest('hex')}`;
}
