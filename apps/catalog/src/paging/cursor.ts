import { Id } from '@larder/contracts';
import { z } from 'zod';
import { InvalidCursor } from './invalid-cursor.js';

/** The place of a list's last item: its sort key and its id, which settles ties. */
export interface Position {
  readonly key: string | number;
  readonly id: string;
}

/** A schema of the keys that one order can have. */
export type KeySchema = z.ZodType<string | number>;

const Wire = z.tuple([z.string(), z.union([z.string(), z.number()]), Id]);

/** An opaque text for `position` in the list that `scope` names. The same position always gives the same text. */
export function encodeCursor(scope: string, { key, id }: Position): string {
  return Buffer.from(JSON.stringify([scope, key, id]), 'utf8').toString('base64url');
}

/**
 * The position in `text`, which {@link encodeCursor} made for the same `scope`.
 *
 * @throws {InvalidCursor} for anything else: another list's cursor, a key that the order cannot have, made-up text
 */
export function decodeCursor(text: string, scope: string, keys: KeySchema): Position {
  const wire = Wire.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!wire.success) throw new InvalidCursor();
  const [madeFor, key, id] = wire.data;
  const position = { key, id };
  const genuine = madeFor === scope && keys.safeParse(key).success && encodeCursor(scope, position) === text;
  if (!genuine) throw new InvalidCursor();
  return position;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
