import type { DataSource, EntityManager } from 'typeorm';
import { violationOf } from './violation.js';

const ATTEMPTS = 3;
const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';

/** Runs `work` in one transaction and commits it; runs it again after a deadlock, so it must not keep state of its own. */
export async function inTransaction<Result>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction('READ COMMITTED', work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
    }
  }
}

function isTransient(error: unknown): boolean {
  const code = violationOf(error)?.code;
  return code === DEADLOCK || code === SERIALIZATION_FAILURE;
}
