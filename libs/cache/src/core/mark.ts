/**
 * An instant in five characters: what an entry carries to say when its load began.
 *
 * Units of {@link MARK_MS} by the store's clock, modulo {@link MARK_RANGE_MS}; the first character is a letter, so that
 * a mark can stand right behind a number.
 */
export type Mark = string;

/** What a mark resolves, in milliseconds; an age read from one is up to so much too high, never too low. */
export const MARK_MS = 16;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = `${LETTERS}0123456789-_`;
/** The value of each ASCII character as a digit; `NO_DIGIT` for any other. A table, because every hit reads five. */
const NO_DIGIT = 255;
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = DIGITS.indexOf(String.fromCharCode(code));
  return value < 0 ? NO_DIGIT : value;
});
const LENGTH = 5;
const UNITS = LETTERS.length * DIGITS.length ** (LENGTH - 1);

/** Marks repeat after so long, in milliseconds: about 161 days. */
export const MARK_RANGE_MS = UNITS * MARK_MS;

/** The mark of an entry that was told to be out of date, however young. */
export const EXPIRED: Mark = '-'.repeat(LENGTH);

/** The mark of an instant. */
export function markOf(instantMs: number): Mark {
  let units = Math.floor(instantMs / MARK_MS) % UNITS;
  let mark = '';
  for (let position = 1; position < LENGTH; position++) {
    mark = DIGITS.charAt(units % DIGITS.length) + mark;
    units = Math.floor(units / DIGITS.length);
  }
  return LETTERS.charAt(units) + mark;
}

/**
 * How long before `nowMs` the mark was made, in milliseconds; `Infinity` for {@link EXPIRED} and for text that is no
 * mark. Right for ages under half of {@link MARK_RANGE_MS}; a mark from the future has the age 0.
 */
export function ageOf(mark: Mark, nowMs: number): number {
  if (mark === EXPIRED || mark.length !== LENGTH) return Infinity;
  let units = 0;
  for (let position = 0; position < LENGTH; position++) {
    const value = VALUES[mark.charCodeAt(position)] ?? NO_DIGIT;
    if (value === NO_DIGIT) return Infinity;
    units = units * DIGITS.length + value;
  }
  const ageMs = (((nowMs - units * MARK_MS) % MARK_RANGE_MS) + MARK_RANGE_MS) % MARK_RANGE_MS;
  return ageMs < MARK_RANGE_MS / 2 ? ageMs : 0;
}
