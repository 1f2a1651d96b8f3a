/** What a cache may promise of its reads. Each has a table of its own; see docs/guarantees.md for the exact words. */
export const LEVELS = ['strict', 'acknowledged', 'bounded', 'eventual'] as const;

export type Level = (typeof LEVELS)[number];

/** Whether there is a level of that name. */
export function isLevel(name: string): name is Level {
  return (LEVELS as readonly string[]).includes(name);
}

/** How old a hit may be at the level `bounded`, in milliseconds. */
export const BOUND_MS = 500;

/** What a cache claims, and is held to: a violation fails the run. `null`: nothing, it is only measured. */
export interface Promised {
  readonly level: Level | null;
  /** Whether a reader never sees less than it has seen or written before. */
  readonly sessions: boolean;
}
