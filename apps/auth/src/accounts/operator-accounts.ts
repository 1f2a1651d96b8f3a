import { Email, NewPassword, Role } from '@larder/contracts';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { dataSourceOptions } from '../database/data-source-options.js';
import { migrate } from '../database/migrate.js';
import { weaknessOf } from './domain/password-policy.js';
import { PasswordHasher } from './password-hasher.js';
import { TypeOrmAccountRepository } from './typeorm-account-repository.js';

const STATEMENT_TIMEOUT_MS = 10_000;
const POOL_SIZE = 2;

const Request = z.strictObject({ email: Email, password: NewPassword, roles: z.array(Role).min(1) });

/** An account as an operator asks for it. */
export type AccountRequest = z.input<typeof Request>;

/** What an operator asked for cannot be done; the message says why. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
}

/** Accounts as operators make them: straight in the database, with any role. */
export class OperatorAccounts {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: TypeOrmAccountRepository,
  ) {}

  /** Connects, and brings the schema up to date. @throws if the database cannot be used */
  static async open(databaseUrl: string): Promise<OperatorAccounts> {
    await migrate(databaseUrl);
    const settings = { url: databaseUrl, statementTimeoutMs: STATEMENT_TIMEOUT_MS, poolSize: POOL_SIZE };
    const dataSource = await new DataSource(dataSourceOptions(settings)).initialize();
    return new OperatorAccounts(dataSource, new TypeOrmAccountRepository(dataSource));
  }

  /** @throws {AccountRefused} for an address that has an account, a bad address, a weak password */
  async create(request: AccountRequest): Promise<void> {
    const { email, password, roles } = accepted(Request, request);
    const weakness = weaknessOf(password, email);
    if (weakness !== null) throw new AccountRefused(`The password ${weakness}`);
    const passwordHash = await new PasswordHasher().hash(password);
    const added = await this.accounts.add({ email, passwordHash, roles: [...new Set(roles)] });
    if (!added) throw new AccountRefused(`${email} has an account already`);
  }

  /** Replaces the roles, and ends the account's sessions within a minute. @throws {AccountRefused} for an unknown address */
  async setRoles(request: Omit<AccountRequest, 'password'>): Promise<void> {
    const { email, roles } = accepted(Request.omit({ password: true }), request);
    const known = await this.accounts.setRoles(email, [...new Set(roles)]);
    if (!known) throw new AccountRefused(`${email} has no account`);
  }

  /**
   * Ends all sessions of the account, or of every account with `null`, within a minute: that is how often each is compared.
   *
   * @returns of how many accounts @throws {AccountRefused} for an unknown address
   */
  async signOut(email: string | null): Promise<number> {
    const known = email === null ? null : accepted(Request.pick({ email: true }), { email }).email;
    const count = await this.accounts.outdateSessions(known);
    if (known !== null && count === 0) throw new AccountRefused(`${known} has no account`);
    return count;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}

function accepted<Schema extends z.ZodType>(schema: Schema, request: z.input<Schema>): z.output<Schema> {
  const { data, error } = schema.safeParse(request);
  if (error) throw new AccountRefused(z.prettifyError(error));
  return data;
}
