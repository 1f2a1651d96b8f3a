import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { TcpContext } from '@nestjs/microservices';
import { DomainError } from '../../errors/domain-error.js';
import { issuesOf } from '../../errors/issues.js';
import { PASSPORT_REFUSED, readCall, type CallEnvelope } from '../envelope.js';
import { checkPassport } from '../passport.js';
import { enforcePolicy, type Bearer } from '../policy.js';
import type { Procedure } from '../procedure.js';
import { procedureOf } from './handles.decorator.js';
import { admit, IncomingCall } from './incoming-call.js';
import { RPC_ACCESS, type RpcAccess } from './rpc-access.js';
import { mayCarry } from './secured.js';

/** Lets a call reach its handler only with a genuine passport, the right to call, and a valid input, looked at in that order. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  private readonly logger = new Logger('Rpc');

  constructor(@Inject(RPC_ACCESS) private readonly access: RpcAccess) {}

  /** @throws {DomainError} saying why the call is refused; never answers `false` */
  canActivate(context: ExecutionContext): true {
    const procedure = procedureOf(context.getHandler());
    if (procedure === undefined) throw new TypeError('A handler without @Handles has no policy');
    const rpc = context.switchToRpc();
    const call = readCall(rpc.getData());
    if (call === null) throw new DomainError('BAD_INPUT', 'This is not a call');
    const transport = rpc.getContext<TcpContext>();
    const bearer = this.identify(call, procedure, transport.getSocketRef().netSocket);
    enforcePolicy(procedure.policy, bearer);
    admit(transport, new IncomingCall(call.meta, bearer.principal, parseInput(procedure, call.data)));
    return true;
  }

  private identify({ meta }: CallEnvelope, { pattern }: Procedure, socket: object): Bearer {
    const { service, keys, peers } = this.access;
    const checked = checkPassport(meta.passport, { audience: service, pattern }, keys);
    if ('principal' in checked && mayCarry(socket, checked.issuer)) {
      const { issuer, principal } = checked;
      return peers.has(issuer) ? { peer: issuer, principal: null } : { peer: null, principal };
    }
    const fault = 'fault' in checked ? checked.fault : 'under another certificate';
    this.logger.warn({ message: 'passport refused', fault, pattern, requestId: meta.requestId });
    throw new DomainError(PASSPORT_REFUSED, 'The passport is not accepted');
  }
}

function parseInput(procedure: Procedure, data: unknown): unknown {
  const parsed = procedure.input.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new DomainError('BAD_INPUT', 'The input is not valid', { issues: issuesOf(parsed.error) });
}
