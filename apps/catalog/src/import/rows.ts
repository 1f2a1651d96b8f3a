import { createReadStream, type ReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { fieldOf, fieldsOf, type ColumnMap, type Field } from './fields.js';
import { ImportError, type RefusedRow } from './import-report.js';

/** A row as the file has it, by field; a field that the row does not have is absent. */
export interface SourceRow {
  /** The number of its first line in the file, from 1. */
  readonly line: number;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
}

const JsonRow = z.record(z.string(), z.unknown());
const JsonCell = z.union([z.string(), z.number().transform(String), z.null().transform(() => '')]);
const MAX_ROW_CHARS = 1_048_576;

/** The rows of a CSV file with a header line; one that does not fit the header is refused, and the next one follows. */
async function* csvRows(input: ReadStream, map: ColumnMap): AsyncGenerator<SourceRow | RefusedRow> {
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    relax_quotes: true, // a quote inside a cell without quotes is text
    relax_column_count: true, // counted below: the parser reports one bad row several times
    max_record_size: MAX_ROW_CHARS,
    on_record: (cells: string[], { lines }) => [String(lines - lineBreaksIn(cells)), ...cells],
  });
  const records = pipeline(input, unixLines, parser, () => undefined) as AsyncIterable<string[]>; // errors end the loop
  let header: (Field | null)[] | undefined;
  try {
    for await (const [line, ...cells] of records) {
      if (header === undefined) header = fieldsOf(cells, map);
      else yield csvRow(Number(line), cells, header);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield {
      line: Number(error['lines']),
      reason: 'a quote before this line is never closed; nothing after it was read',
    };
  }
}

function csvRow(line: number, cells: readonly string[], header: readonly (Field | null)[]): SourceRow | RefusedRow {
  if (cells.length !== header.length)
    return { line, reason: `has ${cells.length} columns, the header ${header.length}` };
  const fields: Partial<Record<Field, string>> = {};
  for (const [index, field] of header.entries()) {
    if (field !== null) fields[field] = cells[index] ?? '';
  }
  return { line, fields };
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
}

/** The rows of a JSON Lines file: one object a line. Empty lines do not count. */
async function* jsonRows(input: ReadStream, map: ColumnMap): AsyncGenerator<SourceRow | RefusedRow> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    const row = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (row.trim() !== '') yield jsonRow(row, line, map);
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
  const row = JsonRow.safeParse(parseJson(text));
  if (!row.success) return { line, reason: 'is not a JSON object' };
  const fields: Partial<Record<Field, string>> = {};
  for (const [name, value] of Object.entries(row.data)) {
    const field = fieldOf(name, map);
    if (field === null) continue;
    const cell = JsonCell.safeParse(value);
    if (!cell.success) return { line, reason: `${field}: is neither text nor a number` };
    fields[field] = cell.data;
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
