import type { DataSource } from 'typeorm';
import { UserEntity } from '../accounts/user.entity.js';
import type { Generations } from './generations.js';

const RAISE = `
  UPDATE auth.users SET session_generation = session_generation + 1 WHERE id = $1
  RETURNING session_generation AS generation`;

/** Generations beside the accounts in PostgreSQL. */
export class TypeOrmGenerations implements Generations {
  constructor(private readonly dataSource: DataSource) {}

  async current(accountId: string): Promise<number | null> {
    const users = this.dataSource.getRepository(UserEntity);
    const row = await users.findOne({ select: { sessionGeneration: true }, where: { id: accountId } });
    return row?.sessionGeneration ?? null;
  }

  async raise(accountId: string): Promise<number | null> {
    const [rows] = await this.dataSource.query<[{ generation: number }[], number]>(RAISE, [accountId]);
    return rows[0]?.generation ?? null;
  }
}
