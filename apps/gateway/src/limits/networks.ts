import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

/** A block of addresses, such as `10.0.0.0/8`. */
export type Network = readonly [Address, number];

/** How much of an IPv6 address is its holder's network; the rest its holder chooses freely. */
const HOLDER_BITS = 64;
const ADDRESS_WITH_PORT = /^(?:(\d+(?:\.\d+){3})|\[([\da-f:.]+)\]):\d{1,5}$/i;

/** Reads an address, or a block in CIDR notation; `null` for anything else, names among them. */
export function readNetwork(text: string): Network | null {
  const [address = '', bits, ...rest] = text.split('/');
  if (isIP(address) === 0 || rest.length > 0) return null;
  const parsed = ipaddr.parse(address);
  const size = parsed.toByteArray().length * 8;
  if (bits === undefined) return [parsed, size];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= size ? [parsed, Number(bits)] : null;
}

/**
 * An address in its one spelling, as the ends of a connection are named and as proxies name them: with a port or without,
 * IPv6 in brackets or not, without a zone, IPv4 within IPv6 as IPv4. `null` for what is no address.
 */
export function plainAddress(text: string): string | null {
  if (isIP(text) === 4) return text;
  const [, four, six] = ADDRESS_WITH_PORT.exec(text) ?? [];
  const [address = ''] = (four ?? six ?? text).split('%', 1);
  return isIP(address) === 0 ? null : ipaddr.process(address).toString();
}

/** Whether a {@link plainAddress} lies in one of these blocks. */
export function isWithin(address: string, networks: readonly Network[]): boolean {
  if (networks.length === 0) return false;
  const parsed = ipaddr.parse(address);
  return networks.some((network) => parsed.kind() === network[0].kind() && parsed.match([network[0], network[1]]));
}

/** Whom a {@link plainAddress} is counted for: an IPv4 address stands for itself, an IPv6 address for its network of 64 bits. */
export function holderOf(address: string): string {
  if (!address.includes(':')) return address;
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${HOLDER_BITS}`).toString()}/${HOLDER_BITS}`;
}
