import type { History } from './history.js';
import { passing, type Process, type World } from './world.js';

/** How a strict write may end; of one that dies nobody ends the intents. */
const STRICT_WRITES = ['write strictly', 'roll back', 'die after commit', 'die before commit'] as const;
/** One of {@link STRICT_WRITES}. */
export type StrictWrite = (typeof STRICT_WRITES)[number];

/** How long a transaction goes on after its intents are placed, at least. */
const TRANSACTION_MS = 100;
/** How long nobody tells the store of its end. */
const TELLING_MS = 40;

/** Whether it is a strict write. */
export function isStrictWrite(action: string): action is StrictWrite {
  return STRICT_WRITES.some((each) => each === action);
}

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

/** Places the intents of a change, makes it unless they are refused, and ends them in its way. */
export async function writeStrictly<Value>(
  world: World<Value>,
  action: StrictWrite,
  { cache }: Process<Value>,
  row: History,
): Promise<void> {
  const { play, transactions } = world;
  const transaction = transactions.begin();
  const intents = play.space.intents(row.id, transaction);
  const isPlaced = await cache.intend(intents).then(
    () => true,
    (error: unknown) => !passing(error),
  );
  if (isPlaced) await world.pass(TRANSACTION_MS);
  const isCommitted = isPlaced && (action === 'write strictly' || action === 'die after commit');
  const version = isCommitted ? row.commit() : 0;
  transactions.end(transaction);
  if (!isPlaced || action.startsWith('die')) return;
  await world.pass(TELLING_MS);
  if (action === 'roll back') return cache.withdraw(intents);
  const entries = play.space.entries(row.id, version).map((entry) => ({ ...entry, transaction }));
  await cache.invalidate({ entries, tags: [] }).catch(passing);
}
