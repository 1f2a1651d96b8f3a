import type { z } from 'zod';

/** Who may call a procedure: anyone, any signed-in account, or an account with one of these roles. */
export type Policy = 'anyone' | 'signed-in' | 'editor' | 'operator';

/** That only the service of this name may call a procedure, on its own account. */
export interface ServicePolicy {
  readonly service: string;
}

/**
 * One call between services: its message pattern, the shapes that cross the wire, who may call it,
 * and whether repeating it is harmless (`retryable`; true for reads only).
 */
export interface Procedure<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly pattern: string;
  readonly input: Input;
  readonly output: Output;
  readonly policy: Policy | ServicePolicy;
  readonly retryable: boolean;
}

/** Names the types of a {@link Procedure} once, so that caller and handler cannot disagree. */
export function defineProcedure<Input extends z.ZodType, Output extends z.ZodType>(
  procedure: Procedure<Input, Output>,
): Procedure<Input, Output> {
  return procedure;
}

/** What a caller passes to `procedure`. */
export type InputOf<P extends Procedure> = z.input<P['input']>;

/** What a handler of `procedure` receives, after validation. */
export type ParsedInputOf<P extends Procedure> = z.output<P['input']>;

/** What `procedure` answers. */
export type OutputOf<P extends Procedure> = z.output<P['output']>;
