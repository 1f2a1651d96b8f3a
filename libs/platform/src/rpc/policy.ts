import { DomainError } from '../errors/domain-error.js';
import type { Caller } from './caller.js';
import type { Policy } from './procedure.js';

/** Lets `principal` through or refuses. @throws {DomainError} SESSION_REQUIRED without a sign-in, NOT_ALLOWED without the role */
export function enforcePolicy(policy: Policy, principal: Caller | null): void {
  if (policy === 'anyone') return;
  if (principal === null) throw new DomainError('SESSION_REQUIRED', 'Sign in first');
  if (policy === 'signed-in' || principal.roles.includes(policy)) return;
  throw new DomainError('NOT_ALLOWED', `This needs the role ${policy}`);
}
