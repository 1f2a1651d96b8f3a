import type { DeadLetter, Subscriber } from './consumer.js';
import type { Verdict } from './event.js';

/** Why a delivery with that verdict goes to the dead letters; `null` when it does not. */
export function reasonToBury(verdict: Verdict, earlierDeliveries: number, deliveryLimit: number): string | null {
  if (verdict === 'malformed') return 'malformed';
  return verdict === 'failed' && earlierDeliveries >= deliveryLimit ? `failed ${deliveryLimit + 1} times` : null;
}

/** Whether the subscriber lets the delivery go to the dead letters; if not, it is to be given back. Never rejects. */
export async function mayBury(subscriber: Subscriber, letter: DeadLetter): Promise<boolean> {
  return subscriber.deadLettering(letter).then(
    () => true,
    () => false,
  );
}
