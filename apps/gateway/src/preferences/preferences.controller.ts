import { Controller } from '@nestjs/common';
import { auth, type Preferences, type VersionedPreferences } from '@larder/contracts';
import { versionTag } from '../http/entity-tag.js';
import type { Exchange } from '../http/exchange.js';
import type { Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { Call, Input, Serves } from '../http/serves.js';
import { AuthClient } from '../upstreams/auth-client.js';
import { preferencesRoutes as routes } from './preferences-routes.js';

/** The preferences of the person who is signed in. */
@Controller()
export class PreferencesController {
  constructor(private readonly auth: AuthClient) {}

  @Serves(routes.getPreferences)
  async get(@Input() _: Given<typeof routes.getPreferences>, @Call() call: Exchange): Promise<Reply<Preferences>> {
    return entity((await this.auth.call(auth.getPreferences, {}, call)).preferences);
  }

  @Serves(routes.updatePreferences)
  async update(
    @Input() { version, body }: Given<typeof routes.updatePreferences>,
    @Call() call: Exchange,
  ): Promise<Reply<Preferences>> {
    const input = { expectedVersion: version, changes: body };
    return entity((await this.auth.call(auth.updatePreferences, input, call)).preferences);
  }
}

function entity({ version, ...preferences }: VersionedPreferences): Reply<Preferences> {
  return { body: preferences, etag: versionTag(version) };
}
