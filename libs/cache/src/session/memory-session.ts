import type { NewSession, SessionFacts, StoredPreferences } from './records.js';
import type { Versions } from './versions.js';

/** A session as this process keeps it. Times are ms since the epoch. */
export interface StoredSession extends NewSession {
  generation: number;
  spared: readonly number[];
  createdAt: number;
  seenAt: number;
  issuedAt: number;
  signedInAt: number;
  verifiedAt: number;
  expiresAt: number;
  proof: string;
  previous: { proof: string; until: number; serves: boolean } | null;
  /** The proof before the previous one, while its grace lasts; it serves no more. */
  earlier: { proof: string; until: number } | null;
  sealedFor: string | null;
  versions: Versions;
  preferences: StoredPreferences;
  cart: Map<string, number>;
}

type Kept = 'id' | 'accountId' | 'roles' | 'generation' | 'createdAt' | 'signedInAt' | 'sealedFor' | 'versions';

/** What a check tells of the session as it is kept. */
export function ownerOf(session: StoredSession): Pick<SessionFacts, Kept> {
  const { id, accountId, generation, createdAt, signedInAt, sealedFor, versions } = session;
  return { id, accountId, roles: [...session.roles], generation, createdAt, signedInAt, sealedFor, versions };
}
