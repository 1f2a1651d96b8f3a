import { blackHole } from './black-hole.mjs';
import { bulkRead } from './bulk-read.mjs';
import { coldKey } from './cold-key.mjs';
import { failingLoad } from './failing-load.mjs';
import { garbage } from './garbage.mjs';
import { l1Heap } from './l1-heap.mjs';
import { l1Hit } from './l1-hit.mjs';
import { l2Hit } from './l2-hit.mjs';
import { redisBytes } from './redis-bytes.mjs';
import { tagInvalidation } from './tag-invalidation.mjs';

/**
 * The rows in the order in which they run. A row has
 * `name`, `title` · `metrics`: by name a label, a unit, and which direction is better · `contestants` ·
 * `rounds` and `quickRounds` · `processes` per contestant, 1 unless given · `nodeArgs` for them ·
 * `prepare(context)`, in the process of a contestant: checks that it answers rightly, and returns `sample(input)` and `close()` ·
 * `combine(samples)`: one sample from those of several processes · `judge(figures)`: the aims, from the numbers.
 */
export const ROWS = [
  l1Hit,
  l2Hit,
  bulkRead,
  coldKey,
  blackHole,
  failingLoad,
  tagInvalidation,
  redisBytes,
  l1Heap,
  garbage,
];
