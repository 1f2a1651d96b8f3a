import { createReadStream, type ReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import { z } from 'zod';
import { fieldOf, fieldsOf, type ColumnMap, type Field } from './fields.js';
import { ImportError, type RefusedRow } from './import-report.js';

/** A row as the file has it, by field; a field that the row does not have is absent. */
export interface SourceRow {
  /** The number of its first line in the file, from 1. */
  readonly line: number;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
}

const JsonRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const MAX_ROW_CHARS = 1_048_576;

/** The rows of a CSV file with a header line; one that cannot be read is refused, and the next one follows. */
export async function* csvRows(input: ReadStream, map: ColumnMap): AsyncGenerator<SourceRow | RefusedRow> {
  const refused: RefusedRow[] = [];
  let nextLine = 1;
  const startOf = (context: { readonly lines: number }): number => {
    const line = nextLine;
    nextLine = context.lines + 1;
    return line;
  };
  const parser = parse({
    bom: true,
    columns: (headers: string[]) => fieldsOf(headers, map).map((field) => field ?? undefined),
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_CHARS,
    on_record: (fields: SourceRow['fields'], context): SourceRow => ({ line: startOf(context), fields }),
    on_skip: (error: CsvError | undefined) => {
      refused.push({ line: nextLine, reason: reasonOf(error) });
      nextLine = Number(error?.['lines'] ?? nextLine) + 1;
      return undefined;
    },
  });
  const parsed = pipeline(input, unixLines, parser, () => undefined); // an error ends the iteration too
  for await (const row of parsed as AsyncIterable<SourceRow>) {
    yield* refused.splice(0);
    yield row;
  }
  yield* refused;
}

/** The rows of a JSON Lines file: one object a line. Empty lines do not count. */
export async function* jsonRows(input: ReadStream, map: ColumnMap): AsyncGenerator<SourceRow | RefusedRow> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== '') yield jsonRow(text, line, map);
  }
}

/** Opens `file` by the ending of its name. @throws {ImportError} for another ending */
export function openRows(
  file: string,
  map: ColumnMap,
): { input: ReadStream; rows: AsyncGenerator<SourceRow | RefusedRow> } {
  const readers = { '.csv': csvRows, '.jsonl': jsonRows, '.ndjson': jsonRows };
  const reader = Object.entries(readers).find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
  if (reader === undefined) throw new ImportError(`${file}: the name must end in ${Object.keys(readers).join(', ')}`);
  const input = createReadStream(file, { encoding: 'utf8' });
  return { input, rows: reader(input, map) };
}

/** The parser counts a CRLF inside quotes as two lines, so it gets none. */
async function* unixLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of chunks) {
    const text = held + chunk;
    held = text.endsWith('\r') ? '\r' : '';
    yield text.slice(0, text.length - held.length).replaceAll('\r\n', '\n');
  }
  yield held;
}

function jsonRow(text: string, line: number, map: ColumnMap): SourceRow | RefusedRow {
  const value = JsonRow.safeParse(parseJson(text));
  if (!value.success) return { line, reason: 'is not a JSON object of texts and numbers' };
  const fields: Partial<Record<Field, string>> = {};
  for (const [name, content] of Object.entries(value.data)) {
    const field = fieldOf(name, map);
    if (field !== null && content !== null) fields[field] = String(content);
  }
  return { line, fields };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'has more or fewer columns than the header',
  CSV_RECORD_INCONSISTENT_COLUMNS: 'has more or fewer columns than the header',
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'has a quote in the wrong place',
  INVALID_OPENING_QUOTE: 'has a quote in the wrong place',
  CSV_MAX_RECORD_SIZE: `is longer than ${MAX_ROW_CHARS} characters`,
};

function reasonOf(error: CsvError | undefined): string {
  return REASONS[error?.code ?? ''] ?? 'is not CSV';
}
