/** What {@link takeCommands} found: whole commands in order, and the bytes of one that has not arrived in full. */
export interface TakenCommands {
  readonly commands: readonly (readonly string[])[];
  readonly rest: Buffer;
}

/** Reads what Redis clients send, arrays of bulk strings; each byte becomes one character. @throws {Error} for anything else */
export function takeCommands(bytes: Buffer): TakenCommands {
  const text = bytes.toString('latin1');
  const commands: string[][] = [];
  let at = 0;
  for (let taken = takeCommand(text, at); taken; taken = takeCommand(text, at)) {
    commands.push(taken.words);
    at = taken.end;
  }
  return { commands, rest: bytes.subarray(at) };
}

/** The bytes of a command as {@link takeCommands} found it. */
export function encodeCommand(words: readonly string[]): Buffer {
  const bulks = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${bulks.join('')}`, 'latin1');
}

function takeCommand(text: string, start: number): { words: string[]; end: number } | null {
  const count = takeNumber(text, start, '*');
  if (!count) return null;
  const words: string[] = [];
  let at = count.end;
  while (words.length < count.value) {
    const length = takeNumber(text, at, '$');
    if (!length || text.length < length.end + length.value + 2) return null;
    words.push(text.slice(length.end, length.end + length.value));
    at = length.end + length.value + 2;
  }
  return { words, end: at };
}

function takeNumber(text: string, at: number, sign: string): { value: number; end: number } | null {
  const end = text.indexOf('\r\n', at);
  if (end === -1) return null;
  const value = text[at] === sign ? Number(text.slice(at + 1, end)) : NaN;
  if (!Number.isSafeInteger(value)) throw new Error(`Not a Redis command: ${JSON.stringify(text.slice(at, end))}`);
  return { value, end: end + 2 };
}
