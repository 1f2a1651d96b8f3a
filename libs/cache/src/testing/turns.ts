/** Resolves after so many turns of the event loop: whatever waits for nothing else has run by then. */
export async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}
