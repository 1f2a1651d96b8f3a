import { openRaw } from './raw-redis.mjs';

/** GET and JSON.parse, the client as it comes. */
export function open(options) {
  return openRaw(options, { autoPipelining: false });
}
