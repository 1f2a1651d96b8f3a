import { DomainError } from '@larder/platform';

/** The key stands for another request of the same account, of the last 24 hours. */
export class IdempotencyKeyReused extends DomainError {
  override readonly name = 'IdempotencyKeyReused';

  constructor() {
    super(
      'IDEMPOTENCY_KEY_REUSED',
      'The Idempotency-Key was used for another request; take a new key for a new request',
    );
  }
}

/** The request that came first with the key is still running. */
export class IdempotencyKeyBusy extends DomainError {
  override readonly name = 'IdempotencyKeyBusy';

  constructor(cause?: unknown) {
    const detail = 'The first request with this Idempotency-Key is still running; ask again for its answer';
    super('IDEMPOTENCY_KEY_BUSY', detail, { retryAfterSeconds: 1, cause });
  }
}
