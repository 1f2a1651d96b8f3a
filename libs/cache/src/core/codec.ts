import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { SchemaResult, ValueSchema } from './schema.js';
import type { Space } from './space.js';

/** A decoded body, whose value is `null` for a cached absence; itself `null` when the body is not what the space's schema allows. */
export type Decoded<Value> = { readonly value: Value | null } | null;

/** Why a value cannot be stored. */
export class Unstorable extends Error {
  override readonly name = 'Unstorable';
}

const ABSENCE = { value: null } as const;
/** First characters of a body that is not the serializer's text as it stands. */
const DEFLATED = '~';
const ESCAPED = '=';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * The body of an entry: what follows the stamp. Empty for a cached absence; otherwise the serializer's text, or `~`
 * and the text deflated in base64, or `=` and a text that would be taken for one of these.
 */
export class Codec<Value> {
  private readonly schema: ValueSchema<Value>['~standard'];

  constructor(private readonly space: Space<Value>) {
    this.schema = space.value['~standard'];
  }

  /** @throws {Unstorable} for what the serializer refuses and what is larger than the space allows */
  async encode(value: Value | null): Promise<string> {
    if (value === null) return '';
    const { serializer, compressAboveBytes, maxValueBytes } = this.space;
    const text = this.serialize(value, serializer.encode);
    const bytes = Buffer.byteLength(text);
    if (bytes > maxValueBytes)
      throw new Unstorable(`${bytes} bytes; ${this.space.name} stores ${maxValueBytes} at most`);
    if (bytes > compressAboveBytes) return DEFLATED + (await deflate(text)).toString('base64');
    return text === '' || text.startsWith(DEFLATED) || text.startsWith(ESCAPED) ? ESCAPED + text : text;
  }

  /** Reads what {@link encode} wrote; never throws. A promise only for what is compressed or checked asynchronously. */
  decode(body: string): Decoded<Value> | Promise<Decoded<Value>> {
    switch (body.charAt(0)) {
      case '':
        return ABSENCE;
      case DEFLATED:
        return this.inflated(body.slice(1));
      case ESCAPED:
        return this.checked(body.slice(1));
      default:
        return this.checked(body);
    }
  }

  private serialize(value: Value, encode: (value: unknown) => string): string {
    try {
      return encode(value);
    } catch (cause) {
      throw new Unstorable(`${this.space.name} cannot serialize the value`, { cause });
    }
  }

  private async inflated(base64: string): Promise<Decoded<Value>> {
    try {
      const options = { maxOutputLength: this.space.maxValueBytes };
      return await this.checked((await inflate(Buffer.from(base64, 'base64'), options)).toString('utf8'));
    } catch {
      return null;
    }
  }

  private checked(text: string): Decoded<Value> | Promise<Decoded<Value>> {
    try {
      const result = this.schema.validate(this.space.serializer.decode(text));
      if (!(result instanceof Promise)) return this.usable(result);
      return result.then((late) => this.usable(late)).catch(() => null);
    } catch {
      return null;
    }
  }

  /** A value that cannot tell its TTL is no better than one that does not fit. */
  private usable(result: SchemaResult<Value>): Decoded<Value> {
    if (result.issues !== undefined) return null;
    this.space.ttlMsOf?.(result.value);
    return result; // as it is: hits are many
  }
}
