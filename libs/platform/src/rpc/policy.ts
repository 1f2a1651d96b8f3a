import { DomainError } from '../errors/domain-error.js';
import type { Caller } from './caller.js';
import type { Policy, ServicePolicy } from './procedure.js';

/** Who calls, as the passport proves it: for an account, for nobody (`principal` is `null`), or a peer on its own account. */
export interface Bearer {
  readonly principal: Caller | null;
  /** The name of the peer; `null` for a service that calls for people. */
  readonly peer: string | null;
}

/**
 * Lets the bearer through or refuses. A peer gets nothing but what names it, and nobody else gets that.
 *
 * @throws {DomainError} SESSION_REQUIRED without a sign-in, NOT_ALLOWED without the role or the name
 */
export function enforcePolicy(policy: Policy | ServicePolicy, { principal, peer }: Bearer): void {
  if (typeof policy === 'object') {
    if (peer !== policy.service) throw new DomainError('NOT_ALLOWED', `This is for the service ${policy.service}`);
    return;
  }
  if (peer !== null) throw new DomainError('NOT_ALLOWED', `This is not for the service ${peer}`);
  if (policy === 'anyone') return;
  if (principal === null) throw new DomainError('SESSION_REQUIRED', 'Sign in first');
  if (policy === 'signed-in' || principal.roles.includes(policy)) return;
  throw new DomainError('NOT_ALLOWED', `This needs the role ${policy}`);
}
