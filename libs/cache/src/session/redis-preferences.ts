import type { StoredPreferences, StoredPreferencesWrite } from './records.js';

/** The fields that {@link readPreferences} reads, in its order. */
export const PREFERENCES_FIELDS = ['id', 'preferences_version', 'preferences'] as const;

/** Reads the values of {@link PREFERENCES_FIELDS}; `null` if there is no such session. */
export function readPreferences([id, version, text]: readonly (string | null)[]): StoredPreferences | null {
  return id == null ? null : { version: Number(version ?? 0), text: text ?? '' };
}

/** Reads the answer of `change-preferences.lua`. */
export function readPreferencesWrite([outcome, version, text = '']: readonly string[]): StoredPreferencesWrite {
  if (outcome === 'written') return { outcome, version: Number(version) };
  return outcome === 'conflict' ? { outcome, version: Number(version), text } : { outcome: 'gone' };
}
