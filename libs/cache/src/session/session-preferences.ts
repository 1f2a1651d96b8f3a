import { requireSize } from './limits.js';
import { SESSION_POLICY, type SessionPolicy } from './policy.js';
import type { SessionRecords, StoredPreferences } from './records.js';
import type { LiveSession } from './live-session.js';

/** What JSON keeps of an object is what is read again. */
export type PreferencesValue = Readonly<Record<string, unknown>>;

/** A session's preferences: `{}` at version 0 before their first change. */
export interface Preferences {
  readonly version: number;
  readonly value: PreferencesValue;
}

/** `conflict`: they had been changed since they were read, to these. `gone`: the session has ended; nothing was created. */
export type PreferencesOutcome =
  | { readonly outcome: 'written'; readonly version: number }
  | ({ readonly outcome: 'conflict' } & Preferences)
  | { readonly outcome: 'gone' };

type Named = Pick<LiveSession, 'sessionHash'>;

/**
 * What somebody prefers while a session lasts, anonymous or not. A new session begins without any: what is to outlive a
 * sign-in belongs to the account.
 *
 * @throws {SessionStoreUnavailable} from both methods
 */
export class SessionPreferences {
  constructor(
    private readonly records: SessionRecords,
    private readonly policy: SessionPolicy = SESSION_POLICY,
  ) {}

  /** `null` if the session has ended meanwhile. */
  async read({ sessionHash }: Named): Promise<Preferences | null> {
    const stored = await this.records.readPreferences(sessionHash);
    return stored && parsed(stored);
  }

  /**
   * Replaces the preferences if they are at `version`, the one that was read; of changes made at once, one is written.
   *
   * @throws {SessionTooLarge} if `value` has more than {@link SessionPolicy.maxPreferencesBytes} as JSON
   */
  async change({ sessionHash }: Named, { version, value }: Preferences): Promise<PreferencesOutcome> {
    const text = JSON.stringify(value);
    requireSize('preferences', text, this.policy.maxPreferencesBytes);
    const result = await this.records.changePreferences(sessionHash, version, text);
    return result.outcome === 'conflict' ? { outcome: 'conflict', ...parsed(result) } : result;
  }
}

/** What is no JSON object any more counts as empty; the next change replaces it. */
function parsed({ version, text }: StoredPreferences): Preferences {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { version, value: value as PreferencesValue };
    }
  } catch {
    // falls through
  }
  return { version, value: {} };
}
