import { Controller } from '@nestjs/common';
import { auth } from '@larder/contracts';
import { Handles, Input, type OutputOf, type ParsedInputOf } from '@larder/platform';
import { AccountPreferences } from './account-preferences.js';

/** Preferences over RPC. */
@Controller()
export class PreferencesController {
  constructor(private readonly preferences: AccountPreferences) {}

  @Handles(auth.getPreferences)
  read(@Input() { secret }: ParsedInputOf<typeof auth.getPreferences>): Promise<OutputOf<typeof auth.getPreferences>> {
    return this.preferences.read(secret);
  }

  @Handles(auth.updatePreferences)
  update(
    @Input() change: ParsedInputOf<typeof auth.updatePreferences>,
  ): Promise<OutputOf<typeof auth.updatePreferences>> {
    return this.preferences.update(change);
  }
}
