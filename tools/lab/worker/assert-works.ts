import type { CacheUnderTest, Row } from '../adapter.js';
import type { Database } from './database.js';

const TIMEOUT_MS = 10_000;

/**
 * A first look at a cache while nothing is broken: reads give rows, and a write changes one. That an answer is old is not
 * looked at here. @throws {Error} saying what it does wrong, for whoever wrote an adapter
 */
export async function assertWorks(cache: CacheUnderTest, database: Database, key: string): Promise<void> {
  assertRow(await inTime('read', cache.read(key, { minVersion: 0 })), key, 'first');
  assertRow(await inTime('read', cache.read(key, { minVersion: 0 })), key, 'second');
  let commits = 0;
  const write = cache.write(key, (beforeCommit) => {
    commits += 1;
    return database.change(key, beforeCommit);
  });
  await inTime('write', write);
  if (commits !== 1) throw new Error(`write() called commit ${commits} times; it is to be called once`);
}

function assertRow(row: unknown, key: string, which: string): void {
  const { key: given, version, readAtUs } = (row ?? {}) as Partial<Row>;
  if (given === key && typeof version === 'number' && typeof readAtUs === 'number') return;
  const shown = JSON.stringify(row) as string | undefined;
  throw new Error(
    `The ${which} read() did not give back what load() gave, but ${(shown ?? 'undefined').slice(0, 200)}`,
  );
}

async function inTime<Result>(what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}() did not come back within ${TIMEOUT_MS} ms, with nothing broken`));
    }, TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
