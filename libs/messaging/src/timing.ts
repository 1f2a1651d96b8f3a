import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_RECONNECT_MS = 40;
const MAX_RECONNECT_MS = 450;
const MAX_REDELIVERY_MS = 500;

/** How long to wait before reconnection number `attempt` (from 0): 20 to 450 ms, so that work resumes within a second. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(MAX_RECONNECT_MS, FIRST_RECONNECT_MS * 2 ** Math.min(attempt, 16));
  return longest / 2 + random() * (longest / 2);
}

/** How long a failed delivery is kept before it goes back: 10 ms at first, at most 500 ms. */
export function redeliveryDelayMs(earlierDeliveries: number): number {
  return Math.min(MAX_REDELIVERY_MS, 10 * 2 ** Math.min(earlierDeliveries, 16));
}

/** Waits `ms`, or until `signal` aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** `promise`, or a rejection with `error()` when it takes longer than `ms`. */
export async function within<Value>(promise: Promise<Value>, ms: number, error: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(error());
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
