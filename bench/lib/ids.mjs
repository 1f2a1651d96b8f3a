import { productId } from './product.mjs';

/** `count` ids in an order that no cache can foresee, the same in each run. */
export function shuffledIds(count) {
  const ids = Array.from({ length: count }, (_, n) => productId(n));
  let state = 42;
  for (let i = ids.length - 1; i > 0; i--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = state % (i + 1);
    [ids[i], ids[j]] = [ids[j], ids[i]];
  }
  return ids;
}
