import { dictionary } from '@zxcvbn-ts/language-common';
import { core } from './password-core.js';

const MIN_WORD_CHARS = 4;
const MAX_WORD_CHARS = 24;
const MAX_WORDS = 2;
/** What must be left of a number without the listed numbers in it. */
const MIN_OWN_DIGITS = 8;

/** Passwords that were seen in breaches most often, in the form in which passwords are compared with them. */
const LISTED: ReadonlySet<string> = new Set(dictionary['passwords-common'].map(core));

/**
 * Whether a password is one that is tried first: one from the list; or nothing but one or two of these, any number of times,
 * among digits. Three words that are on the list make a passphrase.
 *
 * @param letters  the {@link core} of the password
 */
export function isListed(letters: string): boolean {
  if (LISTED.has(letters)) return true;
  return /\p{L}/u.test(letters) ? consistsOf(letters, MAX_WORDS) : isListedNumber(letters);
}

/** Whether `words` listed words account for every letter. The first letter belongs to one, which may begin with digits before it. */
function consistsOf(text: string, words: number): boolean {
  const first = text.search(/\p{L}/u);
  if (first === -1) return true;
  if (words === 0) return false;
  return wordsAround(text, first).some((word) => consistsOf(text.replaceAll(word, ' '), words - 1));
}

/** The listed words in `text` that cover the place `at`. */
function wordsAround(text: string, at: number): string[] {
  const found = new Set<string>();
  for (let start = Math.max(0, at - MAX_WORD_CHARS + 1); start <= at; start += 1) {
    const last = Math.min(text.length, start + MAX_WORD_CHARS);
    for (let end = Math.max(at + 1, start + MIN_WORD_CHARS); end <= last; end += 1) {
      const word = text.slice(start, end);
      if (LISTED.has(word)) found.add(word);
    }
  }
  return [...found];
}

function isListedNumber(digits: string): boolean {
  for (let at = 0; at < digits.length; at += 1) {
    for (const number of wordsAround(digits, at)) {
      if (digits.replaceAll(number, '').length < MIN_OWN_DIGITS) return true;
    }
  }
  return false;
}
