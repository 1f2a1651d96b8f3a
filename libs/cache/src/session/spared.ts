/** A session's generation, and those of later revocations that spared it while one between is still to be heard of. */
export interface Spared {
  readonly generation: number;
  /** Ascending, each above `generation` + 1. */
  readonly spared: readonly number[];
}

/** So many revocations at once, between two that have said whom they spare, are remembered. */
export const MAX_SPARED = 16;

/** What becomes of a session that the revocation behind `generation` spares, by the rules of `adopt-generation.lua`. */
export function spare({ generation: held, spared }: Spared, generation: number): Spared {
  const known = new Set([...spared, generation]);
  while (known.has(held + 1)) held += 1;
  const beyond = [...known].filter((number) => number > held).sort((a, b) => a - b);
  return { generation: held, spared: beyond.slice(0, MAX_SPARED) };
}
