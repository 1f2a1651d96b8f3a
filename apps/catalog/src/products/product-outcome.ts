import type { Product, ProductOutcome } from '@larder/contracts';
import { DomainError, type Answer } from '@larder/platform';
import { asRefusal } from '../failures/unavailable.js';

/** What came of a read that others are answered with. @throws what nobody expected: that is nobody's refusal */
export async function outcomeOf(read: Promise<Answer<Product>>): Promise<ProductOutcome> {
  try {
    const { data, cache } = await read;
    return { product: data, cache: [...cache] };
  } catch (error) {
    const refusal = asRefusal(error);
    if (!(refusal instanceof DomainError)) throw error;
    const { code, message, retryAfterSeconds } = refusal;
    return { refusal: { code, detail: message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) } };
  }
}
