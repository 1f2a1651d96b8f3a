/** What is to be undone, the last first. */
export class Closing {
  private readonly steps: (() => Promise<unknown>)[] = [];

  /** Remembers how to undo what was just done, and answers what it made. */
  add<Made>(made: Made, undo: (made: Made) => Promise<unknown>): Made {
    this.steps.push(() => undo(made));
    return made;
  }

  /** Undoes everything, even if a step fails. Harmless when repeated. */
  async close(): Promise<void> {
    for (const undo of this.steps.splice(0).reverse()) await undo().catch(() => undefined);
  }
}
