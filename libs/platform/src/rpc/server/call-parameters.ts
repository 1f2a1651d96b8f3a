import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { admittedCall, type IncomingCall } from './incoming-call.js';

/** The call's input, as the procedure's schema made it. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => callOf(context).input);

/** Who calls, in which request, and for how long: a `CallContext`. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext) => callOf(context));

function callOf(context: ExecutionContext): IncomingCall {
  const call = admittedCall(context.switchToRpc().getContext<object>());
  if (call === undefined) throw new TypeError('No admitted call: import RpcServerModule.with(...) in the app module');
  return call;
}
