import { Injectable } from '@nestjs/common';
import type { VersionedPreferences } from '@larder/contracts';
import { DataSource } from 'typeorm';
import { PreferencesRepository, type PreferencesChange } from './domain/preferences-repository.js';
import { PreferencesEntity, toPreferences } from './preferences.entity.js';

const UPDATE = `
  UPDATE auth.preferences
  SET locale = coalesce($3, locale), currency = coalesce($4, currency), theme = coalesce($5, theme), version = version + 1
  WHERE user_id = $1 AND version = $2 RETURNING user_id AS "userId", locale, currency, theme, version`;

/** Preferences in PostgreSQL. */
@Injectable()
export class TypeOrmPreferencesRepository extends PreferencesRepository {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async find(accountId: string): Promise<VersionedPreferences | null> {
    const row = await this.dataSource.getRepository(PreferencesEntity).findOneBy({ userId: accountId });
    return row && toPreferences(row);
  }

  override async update({
    accountId,
    expectedVersion,
    changes,
  }: PreferencesChange): Promise<VersionedPreferences | null> {
    const { locale = null, currency = null, theme = null } = changes;
    const values = [accountId, expectedVersion, locale, currency, theme];
    const [rows] = await this.dataSource.query<[PreferencesEntity[], number]>(UPDATE, values);
    return rows[0] ? toPreferences(rows[0]) : null;
  }
}
