import { isRecord } from './record.js';

/**
 * The pattern of what a connection is asked first: whoever answers it takes calls, and is not only there.
 * It carries no passport, and the server answers it itself.
 */
export const HELLO = 'larder.hello';

/** The code of a call that reached a stopping server too late. It was not run. */
export const STOPPING = 'STOPPING';

/**
 * What a stopping server tells every caller: it is to send no more calls, and to end the connection once it has the answers
 * that it waits for.
 */
export const GOING_AWAY = { notice: 'going away' } as const;

/** Whether a message is {@link GOING_AWAY}. */
export function isGoingAway(message: unknown): boolean {
  return isRecord(message) && message.notice === GOING_AWAY.notice;
}
