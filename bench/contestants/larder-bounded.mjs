import { Product } from '../lib/product.mjs';
import { openLarder } from './larder-space.mjs';

/** This project's cache in a space whose hits need a certificate. */
export function open(options) {
  return openLarder({ ...options, freshness: { maxStalenessMs: 60_000 } }, Product);
}
