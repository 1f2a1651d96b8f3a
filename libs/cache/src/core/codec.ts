import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { SchemaResult } from './schema.js';
import type { Space } from './space.js';

/** A decoded body; `corrupt` when it is not what the space's schema allows. `null` is a cached absence. */
export type Decoded<Value> = { readonly kind: 'value'; readonly value: Value | null } | typeof CORRUPT;

/** Why a value cannot be stored. */
export class Unstorable extends Error {
  override readonly name = 'Unstorable';
}

const CORRUPT = { kind: 'corrupt' } as const;
const ABSENCE = { kind: 'value', value: null } as const;
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
  constructor(private readonly space: Space<Value>) {}

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
      return CORRUPT;
    }
  }

  private checked(text: string): Decoded<Value> | Promise<Decoded<Value>> {
    try {
      const result = this.space.value['~standard'].validate(this.space.serializer.decode(text));
      if (!(result instanceof Promise)) return this.usable(result);
      return result.then((late) => this.usable(late)).catch(() => CORRUPT);
    } catch {
      return CORRUPT;
    }
  }

  /** A value that cannot tell its TTL is no better than one that does not fit. */
  private usable(result: SchemaResult<Value>): Decoded<Value> {
    if (result.issues !== undefined) return CORRUPT;
    this.space.ttlMsOf?.(result.value);
    return { kind: 'value', value: result.value };
  }
}
