import type { History } from './history.js';
import { passing } from './passing.js';
import type { StrictWrite } from './play.js';
import type { Process, World } from './world.js';

/** How long a transaction goes on after its intents are placed, at least. */
const TRANSACTION_MS = 100;
/** How long nobody tells the store of its end. */
const TELLING_MS = 40;

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
