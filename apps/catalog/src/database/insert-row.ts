import type { EntityManager, EntityTarget, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';

/** Inserts the given fields of one row, leaving the rest to the database, and answers the id that it made. */
export async function insertRow<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  fields: QueryDeepPartialEntity<Row>,
): Promise<string> {
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(entity, Object.keys(fields))
    .values(fields)
    .returning('id')
    .updateEntity(false)
    .execute();
  const [row] = inserted.raw as { id: string }[];
  if (row === undefined) throw new Error('PostgreSQL returned no id for an inserted row');
  return row.id;
}
