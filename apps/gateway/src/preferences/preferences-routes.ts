import { Preferences, PreferencesChanges } from '@larder/contracts';
import { defineRoute } from '../http/route.js';

const EXAMPLE: Preferences = { locale: 'en-GB', currency: 'EUR', theme: 'system' };
const preferences = { group: 'Preferences', path: '/v1/preferences', access: 'signed-in' } as const;

/** Everything the public interface says about a person's preferences. */
export const preferencesRoutes = {
  getPreferences: defineRoute({
    ...preferences,
    id: 'getPreferences',
    method: 'GET',
    summary: 'How the person likes it',
    success: {
      status: 200,
      description: 'The preferences; the ETag is their version.',
      body: Preferences,
      tagged: 'version',
      example: EXAMPLE,
    },
    problems: [],
  }),
  updatePreferences: defineRoute({
    ...preferences,
    id: 'updatePreferences',
    method: 'PATCH',
    summary: 'Change preferences',
    description: 'Fields that are absent stay as they are.',
    body: PreferencesChanges,
    bodyExample: { theme: 'dark' },
    ifMatch: true,
    success: {
      status: 200,
      description: 'The preferences now.',
      body: Preferences,
      tagged: 'version',
      example: EXAMPLE,
    },
    problems: [],
  }),
};
