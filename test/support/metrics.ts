/** The sum of a metric's samples whose labels contain `labels`, such as `space="catalog_service:product"`; 0 without any. */
export async function metric(operations: string, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${operations}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
  const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return samples.filter((line) => line.includes(labels)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
