import type { Position } from '../paging/cursor.js';
import type { IdRange } from '../products/domain/product-repository.js';

/** What to look for, and which part of the results to read. */
export interface SearchRange {
  /** As people type it: words, "phrases", `or`, `-without`. Nothing in it is special otherwise. */
  readonly text: string;
  /** Products of this category and of all below it; `null` for all products. */
  readonly category: string | null;
  readonly limit: number;
  /** A position's key is the rank in millionths, rounded. */
  readonly after: Position | null;
}

/** Finds products by their words, best first. */
export abstract class ProductIndex {
  /** `null` when there is no such category. */
  abstract search(range: SearchRange): Promise<IdRange | null>;
}
