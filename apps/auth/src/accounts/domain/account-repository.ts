import type { Account, Role } from '@larder/contracts';

/** An account with what only this service may know. */
export interface StoredAccount {
  readonly id: string;
  readonly email: string;
  /** An argon2id hash in PHC form. */
  readonly passwordHash: string;
  readonly roles: Role[];
  readonly generation: number;
  readonly createdAt: Date;
}

/** What an account begins with. `email` is in lower case. */
export type NewAccount = Pick<StoredAccount, 'email' | 'passwordHash' | 'roles'>;

/** Where accounts are kept. */
export abstract class AccountRepository {
  abstract findByEmail(email: string): Promise<StoredAccount | null>;

  abstract findById(id: string): Promise<StoredAccount | null>;

  /** Adds an account with preferences of its own; `false`, and nothing changes, if the address has one. */
  abstract add(account: NewAccount): Promise<boolean>;

  /**
   * Replaces the password hash `from` and raises the session generation, in one step.
   *
   * @returns the new generation; `null`, and nothing changes, if the hash is `from` no more
   */
  abstract changePassword(id: string, from: string, to: string): Promise<number | null>;

  /** Replaces the password hash `from` by another of the same password; `false`, and nothing changes, if the hash is `from` no more. */
  abstract renewHash(id: string, from: string, to: string): Promise<boolean>;

  /** Sets the roles and raises the session generation, so that sessions with the old roles end; `false` if there is no such account. */
  abstract setRoles(email: string, roles: readonly Role[]): Promise<boolean>;

  /** Raises the session generation of the account with this address, or of all with `null`; answers of how many. */
  abstract outdateSessions(email: string | null): Promise<number>;
}

/** The account as its owner sees it. */
export function viewOf({ id, email, roles, createdAt }: StoredAccount): Account {
  return { id, email, roles, createdAt: createdAt.toISOString() };
}
