/** The longest that a client waits before it tries a server again, in milliseconds. */
export const MAX_RECONNECT_MS = 200;

/** How long a server may take to accept a connection, TLS included. */
export const CONNECT_TIMEOUT_MS = 1_000;

/** How long to wait before the nth attempt to reconnect, in milliseconds: 50 to 200, up to a quarter less by chance; there is no last attempt. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(25 * 2 ** Math.min(attempt, 3), MAX_RECONNECT_MS) * (0.75 + Math.random() / 4);
}
