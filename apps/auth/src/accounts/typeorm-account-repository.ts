import type { Role } from '@larder/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountRepository, type NewAccount, type StoredAccount } from './domain/account-repository.js';
import { toAccount, UserEntity } from './user.entity.js';

/**
 * Writes for a known address too, both rows as they are: a commit that changes nothing is faster by a flush of the disk,
 * and would tell who has an account. Nobody has deleted or locked a row that is new: its xmax is 0.
 */
const ADD = `
  WITH added AS (
    INSERT INTO auth.users AS known (email, password_hash, roles) VALUES ($1, $2, $3)
    ON CONFLICT (email) DO UPDATE SET email = known.email RETURNING id, xmax = 0 AS fresh
  ), preferred AS (
    INSERT INTO auth.preferences AS known (user_id) SELECT id FROM added
    ON CONFLICT (user_id) DO UPDATE SET user_id = known.user_id
  )
  SELECT fresh FROM added`;

const CHANGE_PASSWORD = `
  UPDATE auth.users SET password_hash = $3, session_generation = session_generation + 1, updated_at = now()
  WHERE id = $1 AND password_hash = $2 RETURNING session_generation AS generation`;

const RENEW_HASH = `
  UPDATE auth.users SET password_hash = $3, updated_at = now() WHERE id = $1 AND password_hash = $2 RETURNING id`;

const SET_ROLES = `
  UPDATE auth.users SET roles = $2, session_generation = session_generation + 1, updated_at = now()
  WHERE email = $1 RETURNING id`;

const OUTDATE_SESSIONS = `
  UPDATE auth.users SET session_generation = session_generation + 1, updated_at = now()
  WHERE $1::text IS NULL OR email = $1 RETURNING id`;

/** Accounts in PostgreSQL. */
@Injectable()
export class TypeOrmAccountRepository extends AccountRepository {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async findByEmail(email: string): Promise<StoredAccount | null> {
    const row = await this.dataSource.getRepository(UserEntity).findOneBy({ email });
    return row && toAccount(row);
  }

  override async findById(id: string): Promise<StoredAccount | null> {
    const row = await this.dataSource.getRepository(UserEntity).findOneBy({ id });
    return row && toAccount(row);
  }

  override async add({ email, passwordHash, roles }: NewAccount): Promise<boolean> {
    const rows = await this.dataSource.query<{ fresh: boolean }[]>(ADD, [email, passwordHash, roles]);
    return rows[0]?.fresh === true;
  }

  override async changePassword(id: string, from: string, to: string): Promise<number | null> {
    const rows = await this.updated<{ generation: number }>(CHANGE_PASSWORD, [id, from, to]);
    return rows[0]?.generation ?? null;
  }

  override async renewHash(id: string, from: string, to: string): Promise<boolean> {
    return (await this.updated(RENEW_HASH, [id, from, to])).length > 0;
  }

  override async setRoles(email: string, roles: readonly Role[]): Promise<boolean> {
    return (await this.updated(SET_ROLES, [email, roles])).length > 0;
  }

  override async outdateSessions(email: string | null): Promise<number> {
    return (await this.updated(OUTDATE_SESSIONS, [email])).length;
  }

  /** TypeORM answers an UPDATE with its rows and their number. */
  private async updated<Row>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    const [rows] = await this.dataSource.query<[Row[], number]>(statement, [...values]);
    return rows;
  }
}
