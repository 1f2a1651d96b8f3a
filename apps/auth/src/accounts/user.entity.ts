import type { Role } from '@larder/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredAccount } from './domain/account-repository.js';

/** A row of `auth.users`. The database sets id and times. */
@Entity('users')
export class UserEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  email!: string;

  @Column('text', { name: 'password_hash' })
  passwordHash!: string;

  @Column('text', { array: true })
  roles!: Role[];

  @Column({ type: 'integer', name: 'session_generation' })
  sessionGeneration!: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}

/** The row as the service knows it. */
export function toAccount({ id, email, passwordHash, roles, sessionGeneration, createdAt }: UserEntity): StoredAccount {
  return { id, email, passwordHash, roles, generation: sessionGeneration, createdAt };
}
