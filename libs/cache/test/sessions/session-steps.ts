import fc from 'fast-check';
import type { CartChange, SessionRecords } from '@larder/cache/session';

/** One call of the store of sessions; what it answers tells nothing of when it was. */
export type SessionStep = (records: SessionRecords) => Promise<unknown>;

const pick = (...values: string[]) => fc.constantFrom(...values);
const line = fc.record({ productId: pick('a', 'b', 'c'), quantity: fc.integer({ min: 1, max: 99 }) });
const change: fc.Arbitrary<CartChange> = fc.oneof(
  line.map((value) => ({ verb: 'add' as const, ...value })),
  line.map((value) => ({ verb: 'take' as const, ...value })),
  line.map((value) => ({ verb: 'set' as const, ...value })),
  line.map(({ productId }) => ({ verb: 'remove' as const, productId })),
  fc.constant({ verb: 'clear' as const }),
);
const hash = pick('s1', 's2');
const owner = pick('u1', 'u2');
const proof = pick('', 'p1', 'p2');
const holder = fc.oneof(
  hash.map((sessionHash) => ({ sessionHash })),
  owner.map((accountId) => ({ accountId })),
);
const session = fc.record({
  id: pick('i1', 'i2'),
  accountId: fc.option(owner),
  roles: fc.constantFrom([], ['customer', 'editor']),
  generation: fc.nat(5),
  device: fc.constant('d'),
  line: fc.option(line),
});
/** Any one step, on one of two sessions or accounts. */
export const sessionStep: fc.Arbitrary<SessionStep> = fc.oneof(
  fc.tuple(hash, session).map(
    ([h, s]): SessionStep =>
      (r) =>
        r.create(h, s),
  ),
  fc.tuple(hash, proof, fc.option(pick('p1', 'p2'))).map(([h, p, o]): SessionStep => async (r) => {
    const result = await r.check(h, p, o);
    if (result.state !== 'live') return result;
    const { id, accountId, roles, generation, sealedFor, versions } = result.facts;
    const { touched, verificationDue, renewalDue, renewed } = result.facts;
    return { id, accountId, roles, generation, sealedFor, versions, touched, verificationDue, renewalDue, renewed };
  }),
  fc.tuple(hash, proof, pick('p1', 'p2'), fc.option(fc.nat(9))).map(
    ([h, proofHash, freshProofHash, generation]): SessionStep =>
      (r) =>
        r.rotate(h, { proofHash, freshProofHash, generation }),
  ),
  fc.tuple(hash, fc.nat(9)).map(
    ([h, generation]): SessionStep =>
      (r) =>
        r.adoptGeneration(h, generation),
  ),
  fc.tuple(hash, proof).map(([h, p]): SessionStep => async (r) => {
    const result = await r.check(h, p, null);
    if (result.state === 'live') await r.recordVerified(h, result.facts.checkedAt);
  }),
  fc.tuple(hash, fc.dictionary(pick('n1', 'n2'), fc.integer({ min: 1 }))).map(
    ([h, versions]): SessionStep =>
      (r) =>
        r.remember(h, versions),
  ),
  hash.map(
    (h): SessionStep =>
      async (r) =>
        Object.entries((await r.recall([h]))[0] ?? {}), // their order too
  ),
  fc.tuple(hash, fc.nat(3), pick('{}', '[1]')).map(
    ([h, version, text]): SessionStep =>
      (r) =>
        r.changePreferences(h, version, text),
  ),
  hash.map(
    (h): SessionStep =>
      (r) =>
        r.readPreferences(h),
  ),
  hash.map(
    (h): SessionStep =>
      (r) =>
        r.end(h),
  ),
  hash.map(
    (h): SessionStep =>
      (r) =>
        r.supersede(h),
  ),
  fc.tuple(holder, change).map(
    ([h, c]): SessionStep =>
      (r) =>
        r.writeCart(h, c),
  ),
  holder.map(
    (h): SessionStep =>
      (r) =>
        r.readCart(h),
  ),
  fc.tuple(hash, owner).map(
    ([h, a]): SessionStep =>
      (r) =>
        r.seal(h, a),
  ),
  fc.tuple(owner, pick('m1', 'm2'), fc.array(line, { maxLength: 3 })).map(
    ([a, m, lines]): SessionStep =>
      (r) =>
        r.merge(a, m, lines),
  ),
);
