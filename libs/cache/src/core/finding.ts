import type { Epoch } from './l1.js';
import type { Stage } from './lifetime.js';
import type { Mark } from './mark.js';

/** A value that is in the store and readable. */
export interface Stored<Value> {
  readonly value: Value | null;
  readonly version: number;
  readonly stage: Exclude<Stage, 'over'>;
  readonly ageMs: number;
  /** Whether somebody is loading it anew already. */
  readonly loading: boolean;
  readonly chars: number;
}

/** What was found for one id. */
export interface Finding<Value> {
  readonly id: string;
  readonly key: string;
  /** `null`: nothing that could be served. */
  readonly stored: Stored<Value> | null;
  /** Whether the store has answered. */
  readonly reached: boolean;
  /** Whether a lease may be asked for; without one, a load may not fill. */
  readonly fillable: boolean;
  /** The mark of the value that a load would replace. */
  readonly over: Mark | undefined;
  /** What the payload of a value loaded from now on begins with. */
  readonly stamp: string;
  readonly epoch: Epoch;
  /** What is cached below this version is not served; 0: all is. */
  readonly minVersion: number;
}

/** A finding in the making. One class for all, because a bulk read makes many, and the engine reads objects of one shape fast. */
export class Wanted<Value> implements Finding<Value> {
  stored: Stored<Value> | null = null;
  reached = false;
  /** Whether an invalidation of it waits for the store. */
  owed = false;
  fillable = false;
  over: Mark | undefined = undefined;
  stamp = '';

  constructor(
    readonly id: string,
    readonly key: string,
    readonly epoch: Epoch,
    readonly minVersion: number,
  ) {}
}
