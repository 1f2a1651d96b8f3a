export { SessionStoreUnavailable, SessionTooLarge } from './errors.js';
export type { LiveSession, SessionCheck } from './live-session.js';
export { MemorySessionRecords } from './memory-session-records.js';
export { SESSION_POLICY, type SessionPolicy } from './policy.js';
export type {
  CartChange,
  CartLine,
  CartOwner,
  CartWrite,
  EndedSession,
  IndexEntry,
  NewSession,
  RecordCheck,
  Rotation,
  SessionFacts,
  SessionOwner,
  SessionRecords,
  SessionSummary,
  StoredPreferences,
  StoredPreferencesWrite,
} from './records.js';
export { RedisSessionRecords } from './redis-session-records.js';
export { SessionMemory } from './session-memory.js';
export {
  SessionPreferences,
  type Preferences,
  type PreferencesOutcome,
  type PreferencesValue,
} from './session-preferences.js';
export { SessionStore, type CartOutcome, type OpenedSession, type SignIn } from './session-store.js';
export type { Versions } from './versions.js';
