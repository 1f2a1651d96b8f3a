/** One thing wrong with an input: where, as a dotted path (`''` for the input as a whole), and what. Never the value itself. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** What a {@link DomainError} may carry beside its code. `retryAfterSeconds` is whole seconds, > 0. */
export interface DomainErrorDetails {
  readonly issues?: readonly Issue[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * An expected refusal. Its `code` crosses process boundaries and never changes its meaning; its message is for
 * people, and is shown to the caller. Domain classes extend it.
 */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: string,
    message: string,
    { issues, retryAfterSeconds, cause }: DomainErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.issues = issues;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
