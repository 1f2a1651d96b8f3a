import { isWithin, plainAddress, type Network } from './networks.js';

/**
 * The address of the client that sent a request: whoever opened the connection or, if that is a trusted proxy, the nearest
 * one before it in X-Forwarded-For that is none. An entry that is no address ends the search, since nobody can tell what
 * is true before it.
 *
 * @param peer  who opened the connection; `undefined` once it is gone, and so is the answer then
 * @param forwarded  the X-Forwarded-For field, which is not looked at unless the peer is a trusted proxy
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | undefined,
  proxies: readonly Network[],
): string | undefined {
  let address = plainAddress(peer ?? '');
  if (address === null) return undefined;
  if (forwarded === undefined || !isWithin(address, proxies)) return address;
  for (const entry of forwarded.split(',').reverse()) {
    const before = plainAddress(entry.trim());
    if (before === null) break;
    address = before;
    if (!isWithin(before, proxies)) break;
  }
  return address;
}
