import { readFileSync } from 'node:fs';

/** A user, as docs/operations.md says who services are. */
export const USER = { username: 'app', password: 'a-password-for-the-app' };
/** The same at Sentinels. */
export const WATCHER = { sentinelUsername: 'app', sentinelPassword: 'a-password-for-sentinels' };

const OPERATIONS = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');

/** The rights that docs/operations.md calls enough, for the user and the services of this test. */
export function rightsOf(name: string, password: string): string {
  const [, rights] = new RegExp(`^user ${name} (.*)$`, 'm').exec(OPERATIONS) ?? [];
  if (rights === undefined) throw new Error(`No rights of ${name} in docs/operations.md`);
  const ofOurs = rights.replace('~catalog_service:*', '~contract:* ~contract-* ~shop:*');
  return `app ${ofOurs.replace('&catalog_service:*', '&contract:* &contract-* &shop:*').replace('PASSWORD', password)}`;
}
