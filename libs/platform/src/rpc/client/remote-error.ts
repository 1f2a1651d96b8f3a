import type { Issue } from '../../errors/domain-error.js';
import type { Refusal } from '../envelope.js';

/**
 * What came of a call that has no answer. The upstream's own refusal by its `code`; `UNAVAILABLE` when it could not
 * be asked or did not answer in time (the reason is the `cause`), INTERNAL when either side has a fault.
 */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string;
  readonly detail: string;
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly upstream: string,
    { code, detail, issues, retryAfterSeconds }: Refusal,
    options?: ErrorOptions,
  ) {
    super(`${upstream}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
    this.issues = issues;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
