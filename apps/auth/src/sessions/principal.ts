import { Role, type Principal } from '@larder/contracts';
import type { SignedInSession } from './session-gate.js';

/** Who a session stands for. A role that this release does not know gives no right. */
export function principalOf({ accountId, id, roles }: SignedInSession): Principal {
  return { accountId, sessionId: id, roles: roles.flatMap((role) => Role.safeParse(role).data ?? []) };
}
