import type { PreferencesChanges, VersionedPreferences } from '@larder/contracts';

/** What an account's owner wants to change in one version of the preferences. */
export interface PreferencesChange {
  readonly accountId: string;
  readonly expectedVersion: number;
  readonly changes: PreferencesChanges;
}

/** Where preferences are kept. */
export abstract class PreferencesRepository {
  /** `null` if there is no such account. */
  abstract find(accountId: string): Promise<VersionedPreferences | null>;

  /** `null`, and nothing changes, if the version is another by now. */
  abstract update(change: PreferencesChange): Promise<VersionedPreferences | null>;
}
