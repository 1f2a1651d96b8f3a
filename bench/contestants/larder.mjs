import { openLarder } from './larder-space.mjs';
import { Product } from '../lib/product.mjs';

/** This project's cache, with the schema that the documentation advises: each value read from Redis is checked. */
export function open(options) {
  return openLarder(options, Product);
}
