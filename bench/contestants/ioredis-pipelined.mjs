import { openRaw } from './raw-redis.mjs';

/** GET and JSON.parse, with the client's auto-pipelining. */
export function open(options) {
  return openRaw(options, { autoPipelining: true });
}
