import type { CartOwner, EndedSession, SessionFacts } from './records.js';

/** A session that a check found alive. */
export interface LiveSession extends SessionFacts {
  /** Names the session in the store; no secret can be made from it. */
  readonly sessionHash: string;
  /** The secret that replaces the one that was checked, to be handed out at once; `null`: the old one stays. */
  readonly renewedSecret: string | null;
}

/** What a secret is worth; see {@link RecordCheck}. */
export type SessionCheck =
  | { readonly state: 'live'; readonly session: LiveSession }
  | { readonly state: 'none' | 'superseded' }
  | ({ readonly state: 'replayed' } & EndedSession);

/** `next` is the secret that was offered with the check; it is told on only if the check took it. */
export function asLive(facts: SessionFacts, sessionHash: string, next: { secret: string } | null): SessionCheck {
  const renewedSecret = facts.renewed && next ? next.secret : null;
  return { state: 'live', session: { sessionHash, renewedSecret, ...facts } };
}

/** Whose cart a session changes. */
export function holderOf({ accountId, sessionHash }: LiveSession): CartOwner {
  return accountId === null ? { sessionHash } : { accountId };
}
