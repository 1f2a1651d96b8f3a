import type { PolicyName, SharedCounts } from './shared-counts.js';
import type { Usage } from './usage.js';

/** Uses that wait this long at most before the shared count is told of them, in milliseconds. */
const SETTLE_AFTER_MS = 250;
const LOOK_EVERY_MS = 50;
/** Under a flood from many addresses settlements take their time, and the requests none of theirs. */
const MAX_PER_LOOK = 500;
const MAX_WAITING = 50_000;

/** One client's use of one limit, as it is settled with the shared count. */
export interface Account {
  readonly policy: PolicyName;
  readonly client: string;
  readonly usage: Usage;
  state: 'even' | 'waiting' | 'asking';
  dueMs: number;
}

/** How many settlements the shared count took (`shared`), and how many it did not (`alone`). */
export type Outcomes = Record<'shared' | 'alone', number>;

/** Tells the shared count of uses, in the background and in the order in which they fell due. */
export class Settlements {
  readonly outcomes: Outcomes = { shared: 0, alone: 0 };
  private waiting: Account[] = [];
  private asking = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly counts: SharedCounts,
    private readonly nowMs: () => number,
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS).unref();
  }

  /** Settlements that are due or under way. */
  get backlog(): number {
    return this.waiting.length + this.asking;
  }

  /** Settles an account that owes `share` uses at once, one that owes less a little later. */
  owe(account: Account, share: number): void {
    if (account.state === 'asking') return;
    if (account.usage.owed >= share) {
      void this.settle(account);
    } else if (account.state === 'even' && this.waiting.length < MAX_WAITING) {
      account.state = 'waiting';
      account.dueMs = this.nowMs() + SETTLE_AFTER_MS;
      this.waiting.push(account);
    }
  }

  /** Ends it; what is owed then is not settled any more. */
  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const nowMs = this.nowMs();
    let taken = 0;
    for (const account of this.waiting) {
      if (account.dueMs > nowMs || taken === MAX_PER_LOOK) break;
      taken += 1;
      if (account.state !== 'waiting') continue;
      if (account.usage.owed > 0) void this.settle(account);
      else account.state = 'even'; // its window has ended
    }
    this.waiting = this.waiting.slice(taken);
  }

  private async settle(account: Account): Promise<void> {
    const { usage } = account;
    account.state = 'asking';
    this.asking += 1;
    const isTaken = await this.tell(account);
    this.outcomes[isTaken ? 'shared' : 'alone'] += 1;
    account.state = 'even';
    this.asking -= 1;
    if (isTaken && usage.owed > 0) this.owe(account, Infinity); // else the next use will ask for it
  }

  private async tell({ policy, client, usage }: Account): Promise<boolean> {
    try {
      usage.learn(await this.counts.add(policy, client, usage.handOver()), this.nowMs());
      return true;
    } catch {
      usage.keep(); // what this process knows has to do
      return false;
    }
  }
}
