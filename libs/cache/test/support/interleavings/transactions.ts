/** The transactions of the database behind the rows. */
export class Transactions {
  private readonly running = new Set<string>();
  private last = 0;

  begin(): string {
    const transaction = String(++this.last);
    this.running.add(transaction);
    return transaction;
  }

  end(transaction: string): void {
    this.running.delete(transaction);
  }

  inProgress(ids: readonly string[]): ReadonlySet<string> {
    return new Set(ids.filter((each) => this.running.has(each)));
  }
}
