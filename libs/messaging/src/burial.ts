import type { DeadLetter, Subscriber } from './consumer.js';
import type { Verdict } from './event.js';

/** Why a delivery with that verdict is put away; `null` when it is not. Without a limit (`null`) nothing that failed comes again. */
export function reasonToBury(verdict: Verdict, earlierDeliveries: number, deliveryLimit: number | null): string | null {
  if (verdict === 'malformed') return 'malformed';
  const repetitions = deliveryLimit ?? 0;
  return verdict === 'failed' && earlierDeliveries >= repetitions ? `failed ${repetitions + 1} times` : null;
}

/** Whether the subscriber lets the delivery be put away; if not, it is to be given back. Never rejects. */
export async function mayBury(subscriber: Subscriber, letter: DeadLetter): Promise<boolean> {
  return subscriber.deadLettering(letter).then(
    () => true,
    () => false,
  );
}
