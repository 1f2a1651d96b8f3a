/**
 * Freezes a value and all that it holds, so that readers can share it. What is frozen already is searched all the same,
 * because it may be frozen on its surface only. Maps, sets, dates and buffers stay as they are: nothing can freeze what they hold.
 */
export function deepFreeze(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part, seen);
}
