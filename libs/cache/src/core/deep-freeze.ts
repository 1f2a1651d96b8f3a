/** Freezes a value and all that it holds, so that readers can share it. What is frozen already is taken for frozen throughout. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  if (ArrayBuffer.isView(value)) return; // cannot be frozen
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}
