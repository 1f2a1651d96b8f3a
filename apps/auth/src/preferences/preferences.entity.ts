import { Preferences, type VersionedPreferences } from '@larder/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `auth.preferences`; every account has one. */
@Entity('preferences')
export class PreferencesEntity {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  locale!: string;

  @Column('text')
  currency!: string;

  @Column('text')
  theme!: string;

  @Column('integer')
  version!: number;
}

/** The row as its owner sees it. @throws {z.ZodError} for a row that this release cannot read */
export function toPreferences({ version, ...row }: PreferencesEntity): VersionedPreferences {
  return { ...Preferences.parse(row), version };
}
