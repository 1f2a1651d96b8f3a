import { Module } from '@nestjs/common';
import { AccountPreferences } from './account-preferences.js';
import { PreferencesRepository } from './domain/preferences-repository.js';
import { PreferencesController } from './preferences.controller.js';
import { TypeOrmPreferencesRepository } from './typeorm-preferences-repository.js';

@Module({
  controllers: [PreferencesController],
  providers: [{ provide: PreferencesRepository, useClass: TypeOrmPreferencesRepository }, AccountPreferences],
})
export class PreferencesModule {}
