import { MessagePattern, Transport } from '@nestjs/microservices';
import type { Answer } from '../answer.js';
import type { OutputOf, Procedure } from '../procedure.js';

const PROCEDURE = Symbol('larder:procedure');

type Handler<Output> = (...args: never[]) => Promise<Output | Answer<Output>>;

/**
 * Makes a controller's method the handler of `procedure`: its pattern, its input's schema and its policy come from there.
 * The method returns the procedure's output, or an {@link Answer} that also says how the caches took part.
 */
export function Handles<P extends Procedure>(
  procedure: P,
): <Method extends Handler<OutputOf<P>>>(
  target: object,
  name: string | symbol,
  method: TypedPropertyDescriptor<Method>,
) => void {
  const listen = MessagePattern(procedure.pattern, Transport.TCP);
  return (target, name, method) => {
    if (method.value === undefined) throw new TypeError('@Handles stands on a method');
    Reflect.defineMetadata(PROCEDURE, procedure, method.value);
    listen(target, name, method);
  };
}

/** The procedure that a controller's method handles; `undefined` when it has none. */
export function procedureOf(method: object): Procedure | undefined {
  return Reflect.getMetadata(PROCEDURE, method) as Procedure | undefined;
}
