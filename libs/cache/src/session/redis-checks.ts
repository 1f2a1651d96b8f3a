import type { RecordCheck, SessionFacts } from './records.js';
import { orNull } from './redis-replies.js';
import { versionsOf } from './versions.js';

/** The fields that {@link readQuietCheck} reads; the first nine are those that `check.lua` answers, in its order. */
export const CHECKED_FIELDS = [
  'id',
  'account',
  'roles',
  'generation',
  'created',
  'signed_in',
  'sealed',
  'versions',
  'verified',
  'seen',
  'issued',
  'proof',
  'superseded',
] as const;

/** In a session of ours these are never missing. */
const REQUIRED = CHECKED_FIELDS.map((name, at) => ({ name, at }))
  .filter(({ name }) => !['roles', 'sealed', 'versions', 'superseded'].includes(name))
  .map(({ at }) => at);

/** Whether a read failed because its key holds something else than a session; the script removes that. */
export function isWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}

const SEALED_AT = CHECKED_FIELDS.indexOf('sealed');
const VERIFIED_AT = CHECKED_FIELDS.indexOf('verified');
const SUPERSEDED_AT = CHECKED_FIELDS.indexOf('superseded');

/** What a check expects, and from when on it has to write; times in milliseconds. */
interface Expected {
  /** The server's time, about. */
  readonly now: number;
  readonly proofHash: string;
  /** Whether a proof is offered that would follow a secret which is due. */
  readonly offers: boolean;
  readonly renewMs: number;
  readonly touchMs: number;
}

type Outcome = Pick<SessionFacts, 'touched' | 'verificationDue' | 'renewalDue' | 'renewed'>;
type Field = string | number | null | undefined;

/**
 * Reads a session, the answer of HMGET for {@link CHECKED_FIELDS}, without changing it.
 * `null` if the proof is not the valid one, if a check has to write, or if it is none of ours: then the script decides.
 */
export function readQuietCheck(
  fields: readonly (string | null)[],
  { now, proofHash, offers, renewMs, touchMs }: Expected,
): RecordCheck | null {
  if (fields[0] == null) return lacking(fields);
  if (!isWhole(fields)) return null;
  const [sealed, , verified, seen, issued, proof] = fields.slice(SEALED_AT);
  const renewalDue = now - Number(issued) >= renewMs;
  const touches = sealed === null && now - Number(seen) >= touchMs;
  if (proof !== proofHash || touches || (offers && renewalDue)) return null;
  const verificationDue = now - Number(verified) >= touchMs;
  return {
    state: 'live',
    facts: factsOf(now, fields, { touched: false, verificationDue, renewalDue, renewed: false }),
  };
}

function lacking(fields: readonly (string | null)[]): RecordCheck {
  return { state: fields[SUPERSEDED_AT] == null ? 'none' : 'superseded' };
}

function isWhole(fields: readonly (string | null)[]): boolean {
  for (const at of REQUIRED) if (fields[at] == null) return false;
  return true;
}

/** Reads the answer of `check.lua`. */
export function readCheck(reply: readonly (string | number)[], { touchMs }: Pick<Expected, 'touchMs'>): RecordCheck {
  const [state, ...rest] = reply;
  if (state === 'none' || state === 'superseded') return { state };
  if (state === 'replayed') return { state, id: String(rest[0]), accountId: orNull(rest[1]) };
  const [now, touched, due, renewed, ...fields] = rest;
  const verificationDue = Number(now) - Number(fields[VERIFIED_AT]) >= touchMs;
  const outcome = { touched: touched === 1, verificationDue, renewalDue: due === 1, renewed: renewed === 1 };
  return { state: 'live', facts: factsOf(Number(now), fields, outcome) };
}

/** Field by field, since to spread two objects into one takes longer than all the rest of a check. */
function factsOf(now: number, fields: readonly Field[], outcome: Outcome): SessionFacts {
  const [id, account, roles, generation, created, signedIn, sealed, versions] = fields;
  return {
    id: String(id),
    accountId: orNull(account),
    roles: roles ? String(roles).split(',') : [],
    generation: Number(generation),
    createdAt: Number(created),
    signedInAt: Number(signedIn),
    checkedAt: now,
    sealedFor: orNull(sealed),
    versions: versionsOf(versions),
    touched: outcome.touched,
    verificationDue: outcome.verificationDue,
    renewalDue: outcome.renewalDue,
    renewed: outcome.renewed,
  };
}
