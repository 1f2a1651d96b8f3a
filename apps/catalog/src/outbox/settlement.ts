import type { PublishOutcome } from '@larder/messaging';

/** Whether nothing more is owed for a single event: a queue that is made later is not owed what was before. */
export function isSettled(outcome: PublishOutcome | undefined): boolean {
  return outcome === 'confirmed' || outcome === 'unroutable';
}

/** Tells how often each outcome came. */
export function tally(
  outcomes: readonly PublishOutcome[],
  tell: (outcome: PublishOutcome, count: number) => void,
): void {
  for (const outcome of new Set(outcomes)) tell(outcome, outcomes.filter((each) => each === outcome).length);
}
