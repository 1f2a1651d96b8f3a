const DEADLINE_MS = 10_000;

/** Resolves once `condition` holds; looks every 5 ms. Rejects after 10 s. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`It did not happen within ${DEADLINE_MS} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
