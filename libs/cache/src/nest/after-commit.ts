import { CacheError } from '../core/errors.js';

/** What becomes of a call whose invalidation has to wait for the store; `resolve` unless given. */
export type OnPending = 'resolve' | 'reject';

/** Awaits an invalidation after a commit. One that waits for the store is no failure, unless `onPending` says so. */
export async function settleInvalidation(
  invalidation: Promise<unknown>,
  onPending: OnPending = 'resolve',
): Promise<void> {
  try {
    await invalidation;
  } catch (error) {
    const pending = error instanceof CacheError && error.code === 'INVALIDATION_PENDING';
    if (!pending || onPending === 'reject') throw error;
  }
}

/** Asks options what a change that is committed has made obsolete: one that throws must not keep the others from telling. */
export class Questions {
  private readonly errors: unknown[] = [];

  ask<Answer>(question: () => Answer, otherwise: Answer): Answer {
    try {
      return question();
    } catch (error) {
      this.errors.push(error);
      return otherwise;
    }
  }

  /** @throws what the first of the options has thrown, unchanged */
  end(): void {
    if (this.errors.length > 0) throw this.errors[0];
  }
}
