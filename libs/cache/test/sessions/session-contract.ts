import { describeAccounts } from './account-contract.js';
import { describeCarts } from './cart-contract.js';
import { describeLimits } from './limits-contract.js';
import { describeMemory } from './memory-contract.js';
import { describePreferences } from './preferences-contract.js';
import { describeSecrets } from './secret-contract.js';
import { SessionScene, type SessionSubject } from './session-scene.js';
import { describeSignIns } from './sign-in-contract.js';
import { describeStorms } from './storm-contract.js';

/** What sessions and carts promise, whatever keeps them. */
export function describeSessions(name: string, subject: () => Promise<SessionSubject>): void {
  describe(`sessions on ${name}`, () => {
    const scene = new SessionScene();

    beforeEach(async () => {
      scene.begin(await subject());
    });

    describeSecrets(scene);
    describeCarts(scene);
    describeMemory(scene);
    describeSignIns(scene);
    describeAccounts(scene);
    describePreferences(scene);
    describeLimits(scene);
    describeStorms(scene);
  });
}
