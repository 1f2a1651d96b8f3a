import fc from 'fast-check';
import { tag, type LeaseAnswer, type Store, type Tag } from '../../src/index.js';

/** One command on a key, or on the chain of its service, and what of its answer does not depend on the store's clock and chance. */
type Command = (store: Store, key: string) => Promise<unknown>;

const HOUR_MS = 3_600_000;
const SOON = { leaseMs: HOUR_MS, tombstoneMs: HOUR_MS };
const version = fc.integer({ min: 0, max: 6 });
const rowVersion = fc.integer({ min: 1, max: 6 });
const token = fc.constantFrom('a', 'b', 'c');
const stamp = fc.constantFrom('', 's1|', 's2|');
const mark = fc.constantFrom('KxQ2z', 'LxQ2z');
/** One begins as another does, and one is as large as a database's ids get. */
const transaction = fc.constantFrom('7', '77', '18446744073709551615');
/** Numbers of a chain, which are compared as numbers. */
const number = fc.integer({ min: 8, max: 11 });

const serviceOf = (key: string): string => key.slice(0, key.indexOf(':'));
const labelOf = (key: string): Tag => tag(serviceOf(key), 'tag', 'x');

/** What an invalidation of a key may say beside it. */
const change = fc
  .tuple(fc.option(rowVersion, { nil: undefined }), fc.option(transaction, { nil: undefined }))
  .map(([at, by]) => ({ ...(at !== undefined && { version: at }), ...(by !== undefined && { transaction: by }) }));

const ofEntry: fc.Arbitrary<Command>[] = [
  fc.tuple(token, stamp, fc.constantFrom(0, SOON.leaseMs), fc.option(mark, { nil: undefined })).map(
    ([name, prefix, leaseMs, over]): Command =>
      async (store, key) =>
        ofAnswer(await store.lease(key, { ...SOON, token: name, stamp: prefix, leaseMs, ...(over && { over }) })),
  ),
  fc.tuple(token, version, stamp, mark).map(([name, at, prefix, when]): Command => {
    const row = { version: at, mark: when, payload: `${prefix}{"v":${at}}`, ttlMs: HOUR_MS };
    return (store, key) => store.fill(key, { token: name, ...row, ...SOON });
  }),
  token.map(
    (name): Command =>
      (store, key) =>
        store.release(key, name, SOON.tombstoneMs),
  ),
  change.map(
    (each): Command =>
      (store, key) =>
        store.invalidate([{ key, ...each }], [], SOON.tombstoneMs),
  ),
  fc.tuple(rowVersion, mark).map(
    ([at, when]): Command =>
      (store, key) =>
        store.put(key, { version: at, mark: when, body: `{"put":${at}}`, stampChars: 3, ttlMs: HOUR_MS, ...SOON }),
  ),
  fc.constant<Command>((store, key) => store.expire([key], HOUR_MS)),
  fc.constant<Command>(async (store, key) => withoutTime(await store.look([key], []))),
  fc.constant<Command>(async (store, key) => withoutTime((await store.inspect(key)).entry)),
];

const ofIntents: fc.Arbitrary<Command>[] = [
  transaction.map(
    (by): Command =>
      (store, key) =>
        store.intend([{ key, transaction: by }]),
  ),
  transaction.map(
    (by): Command =>
      (store, key) =>
        store.withdraw([{ key, transaction: by }], SOON.tombstoneMs),
  ),
];

const ofChain: fc.Arbitrary<Command>[] = [
  fc
    .tuple(
      number,
      fc.integer({ min: 0, max: 2 }),
      fc.option(fc.integer({ min: 1, max: 9 })),
      fc.array(change, { maxLength: 2 }),
    )
    .map(([after, length, asOfMs, changes]): Command => (store, key) => {
      const entries = changes.map((each) => ({ key, ...each }));
      const tags = length === 2 ? [labelOf(key)] : [];
      const batch = { after, upTo: after + length, asOfMs, entries, tags };
      return store.applyBatch(serviceOf(key), batch, SOON.tombstoneMs);
    }),
  fc.tuple(number, fc.boolean()).map(
    ([at, retires]): Command =>
      (store, key) =>
        store.restartChain(serviceOf(key), at, retires ? [labelOf(key)] : []),
  ),
  fc.constant<Command>(async (store, key) => (await store.currentTags([labelOf(key)])).length),
  fc.constant<Command>(async (store, key) => {
    const { entries, tags, certificates } = await store.look([key], [labelOf(key)], [serviceOf(key), 'nobody']);
    return { entries: withoutTime(entries), tags: tags.map((each) => each === null), certificates };
  }),
];

/** Any command; those on the key itself are most. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: fc.oneof(...ofEntry), weight: 5 },
  { arbitrary: fc.oneof(...ofIntents), weight: 1 },
  { arbitrary: fc.oneof(...ofChain), weight: 2 },
);

function ofAnswer(answer: LeaseAnswer): unknown {
  if (answer.kind === 'busy') return 'busy';
  return answer.kind === 'granted' ? { ...answer, atMs: 'a time' } : withoutTime(answer);
}

/** The two stores' clocks differ. */
function withoutTime(found: unknown): unknown {
  return JSON.parse(JSON.stringify(found, (name, value: unknown) => (name === 'untilMs' ? 'a time' : value)));
}

/** Redis is sent a script's first call twice, so that others would overtake it. */
export async function loadScripts(store: Store, key: string): Promise<void> {
  await store.lease(key, { token: 'a', stamp: '', ...SOON });
  await store.fill(key, { token: 'a', version: 1, mark: 'KxQ2z', payload: '1', ttlMs: 1_000, ...SOON });
  await store.release(key, 'a', SOON.tombstoneMs);
  await store.put(key, { version: 1, mark: 'KxQ2z', body: '1', stampChars: 0, ttlMs: 1_000, ...SOON });
  await store.expire([key], HOUR_MS);
  await store.invalidate([{ key }], [], SOON.tombstoneMs);
  await store.intend([{ key, transaction: '1' }]);
  await store.withdraw([{ key, transaction: '1' }], SOON.tombstoneMs);
  await store.currentTags([labelOf(key)]);
  await store.applyBatch(serviceOf(key), { after: 0, upTo: 1, asOfMs: null, entries: [], tags: [] }, SOON.tombstoneMs);
  await store.restartChain(serviceOf(key), 0, []);
}
