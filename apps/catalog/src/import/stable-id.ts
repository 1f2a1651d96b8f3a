import { createHash } from 'node:crypto';

/** Any UUID that names nothing else: the namespace of the ids below. */
const NAMESPACE = Buffer.from('9f0c1f4e3d5b4d0e8a3e5c0d7b1a2f64', 'hex');

/** A name-based UUID (version 5): the same for the same name on every machine. */
export function stableId(name: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name, 'utf8').digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
