/** What a stopping server waits for. */
export class Outstanding<Item = unknown> implements Iterable<Item> {
  private readonly items = new Set<Item>();
  private onNone: (() => void) | undefined;

  add(item: Item): void {
    this.items.add(item);
  }

  delete(item: Item): void {
    this.items.delete(item);
    if (this.items.size === 0) this.onNone?.();
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.items.values();
  }

  /** Waits until nothing is left, `withinMs` at most. @returns whether nothing is */
  async none(withinMs: number): Promise<boolean> {
    if (this.items.size === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs, false);
      this.onNone = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
