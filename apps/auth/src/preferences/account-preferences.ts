import { Injectable } from '@nestjs/common';
import type { PreferencesChanges, VersionedPreferences } from '@larder/contracts';
import { DomainError } from '@larder/platform';
import { SessionRequired } from '../sessions/session-errors.js';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { PreferencesRepository } from './domain/preferences-repository.js';

class PreferencesConflict extends DomainError {
  override readonly name = 'PreferencesConflict';

  constructor(expectedVersion: number) {
    super('VERSION_CONFLICT', `The preferences are not at version ${expectedVersion} any more`);
  }
}

type Output = { readonly preferences: VersionedPreferences } & CookieOrder;

/** What somebody who is signed in changes. */
interface ChangeRequest {
  readonly secret: string | null;
  readonly expectedVersion: number;
  readonly changes: PreferencesChanges;
}

/** The preferences of whoever is signed in. */
@Injectable()
export class AccountPreferences {
  constructor(
    private readonly gate: SessionGate,
    private readonly preferences: PreferencesRepository,
  ) {}

  /** @throws {SessionRequired} */
  async read(secret: string | null): Promise<Output> {
    const session = await this.gate.enterSignedIn(secret);
    const preferences = await this.preferences.find(session.accountId);
    if (preferences === null) throw new SessionRequired();
    return { preferences, ...(await this.gate.leave(secret, session)) };
  }

  /** @throws {SessionRequired} @throws {PreferencesConflict} */
  async update({ secret, expectedVersion, changes }: ChangeRequest): Promise<Output> {
    const session = await this.gate.enterSignedIn(secret);
    const preferences = await this.preferences.update({ accountId: session.accountId, expectedVersion, changes });
    if (preferences === null) throw new PreferencesConflict(expectedVersion);
    return { preferences, ...(await this.gate.leave(secret, session)) };
  }
}
