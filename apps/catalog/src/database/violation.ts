import { QueryFailedError } from 'typeorm';
import { z } from 'zod';

const ServerError = z.object({
  code: z.string().length(5),
  severity: z.string().optional(),
  constraint: z.string().optional(),
});

/** Why PostgreSQL refused a statement: its SQLSTATE, how severe that is in the server's language, and the constraint when one was violated. */
export type Violation = z.infer<typeof ServerError>;

/** What the database server said; `null` when the error came from elsewhere, such as a lost connection. */
export function violationOf(error: unknown): Violation | null {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return ServerError.safeParse(cause).data ?? null;
}

/**
 * Whether the server has said that it undid the transaction of the statement that failed, a COMMIT included. `false` when nobody
 * knows: the connection was lost, the server ended the session, or it speaks another language than English.
 */
export function isRolledBack(error: unknown): boolean {
  return violationOf(error)?.severity === 'ERROR';
}

/** Builds the domain's error for a refusal. */
export type Refusal = (cause: unknown) => Error;

/**
 * Runs `work`; a refusal that `refusals` knows, by constraint or by SQLSTATE, becomes the domain's own error.
 * Every other error passes unchanged.
 */
export async function refusing<Result>(
  refusals: Readonly<Record<string, Refusal>>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const violation = violationOf(error);
    const refusal = violation && (refusals[violation.constraint ?? ''] ?? refusals[violation.code]);
    throw refusal ? refusal(error) : error;
  }
}
