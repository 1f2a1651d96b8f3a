import { link } from '../../libs/cache/src/core/chain-steps.js';
import { intend, withdraw } from '../../libs/cache/src/core/intent-steps.js';
import { discard, fill, invalidate, lease, put, release } from '../../libs/cache/src/core/steps.js';

export type { Entry, TombstoneEntry } from '../../libs/cache/src/core/record.js';
export type { Step } from '../../libs/cache/src/core/step.js';
export type { FillAnswer, LeaseAnswer } from '../../libs/cache/src/core/steps.js';

/** The steps that `MemoryStore` runs and that the scripts of `RedisStore` say again: imported, so that the model explores what is shipped. */
export const steps = { discard, fill, intend, invalidate, lease, link, put, release, withdraw };

/** What a model runs; a variant puts one of its own in the place of a step. */
export type Steps = typeof steps;
