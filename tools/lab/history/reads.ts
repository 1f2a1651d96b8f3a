/** How a read ended. */
export const HIT = 0;
export const LOADED = 1;
export const FAILED = 2;

/** {@link HIT}: an answer that was loaded before the read began. {@link LOADED}: after. {@link FAILED}: none, and version 0. */
export type Outcome = typeof HIT | typeof LOADED | typeof FAILED;

/** Reads, column by column, in the order in which they ended. `length` of each column is spent. */
export interface ReadColumns {
  readonly count: number;
  /** Microseconds of the laboratory's clock. */
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  readonly version: Uint32Array;
  /** The key's number. */
  readonly key: Uint16Array;
  /** The reader's number within its process; a reader waits for each read before it begins the next. */
  readonly session: Uint16Array;
  readonly outcome: Uint8Array;
}

/** One read. */
export interface ReadRecord {
  readonly startUs: number;
  readonly endUs: number;
  readonly version: number;
  readonly key: number;
  readonly session: number;
  readonly outcome: Outcome;
}

const FIRST_ROOM = 65_536;

/** Keeps reads, 25 bytes each and without an object for any: a process makes some hundred thousand. */
export class ReadLog {
  private columns = emptyColumns(FIRST_ROOM);
  private used = 0;

  get count(): number {
    return this.used;
  }

  add(read: ReadRecord): void {
    if (this.used === this.columns.startUs.length) this.grow();
    const { columns, used } = this;
    columns.startUs[used] = read.startUs;
    columns.endUs[used] = read.endUs;
    columns.version[used] = read.version;
    columns.key[used] = read.key;
    columns.session[used] = read.session;
    columns.outcome[used] = read.outcome;
    this.used += 1;
  }

  /** All that was added. */
  read(): ReadColumns {
    const { columns, used: count } = this;
    return {
      count,
      startUs: columns.startUs.subarray(0, count),
      endUs: columns.endUs.subarray(0, count),
      version: columns.version.subarray(0, count),
      key: columns.key.subarray(0, count),
      session: columns.session.subarray(0, count),
      outcome: columns.outcome.subarray(0, count),
    };
  }

  private grow(): void {
    const larger = emptyColumns(this.used * 2);
    for (const name of COLUMNS) larger[name].set(this.columns[name]);
    this.columns = larger;
  }
}

/** The widest first, so that each column of a file begins where its numbers may begin. */
const COLUMNS = ['startUs', 'endUs', 'version', 'key', 'session', 'outcome'] as const;
const HEADER_BYTES = 8;

/** Reads as the bytes of a file: their number, then column after column. */
export function packReads(reads: ReadColumns): Buffer[] {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(reads.count);
  return [header, ...COLUMNS.map((name) => bytesOf(reads[name]))];
}

/** What {@link packReads} packed, on the same machine. @throws {RangeError} if bytes are missing */
export function unpackReads(file: Buffer): ReadColumns {
  const count = file.readUInt32LE();
  const bytes = new Uint8Array(file).buffer; // at offset 0, as the columns must be aligned
  let offset = HEADER_BYTES;
  const next = (width: number): number => {
    offset += width * count;
    return offset - width * count;
  };
  return {
    count,
    startUs: new Float64Array(bytes, next(8), count),
    endUs: new Float64Array(bytes, next(8), count),
    version: new Uint32Array(bytes, next(4), count),
    key: new Uint16Array(bytes, next(2), count),
    session: new Uint16Array(bytes, next(2), count),
    outcome: new Uint8Array(bytes, next(1), count),
  };
}

type Columns = { -readonly [Name in (typeof COLUMNS)[number]]: ReadColumns[Name] };

function emptyColumns(room: number): Columns {
  return {
    startUs: new Float64Array(room),
    endUs: new Float64Array(room),
    version: new Uint32Array(room),
    key: new Uint16Array(room),
    session: new Uint16Array(room),
    outcome: new Uint8Array(room),
  };
}

function bytesOf(column: ReadColumns[(typeof COLUMNS)[number]]): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}
