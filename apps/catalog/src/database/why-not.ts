import type { EntityManager, EntityTarget } from 'typeorm';
import { VersionConflict } from '../changes/version-conflict.js';

/** Why a statement for one version of a row found none: the row is at another version, or, as `missing` says it, not there. */
export async function whyNot<Row extends { id: string }>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  wanted: { readonly id: string; readonly expectedVersion: number },
  missing: (id: string) => Error,
): Promise<Error> {
  const exists = await manager.getRepository<{ id: string }>(entity).existsBy({ id: wanted.id });
  return exists ? new VersionConflict(wanted.expectedVersion) : missing(wanted.id);
}
