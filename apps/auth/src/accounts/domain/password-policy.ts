import { isListed } from './blocklist.js';
import { core } from './password-core.js';

/** Long enough, and still among the first that anybody tries: phrases and walks over the keyboard. */
const COMMON = new Set(
  [
    'password password',
    'this is my password',
    'change me please',
    'let me in please',
    'i love you forever',
    'i love you so much',
    'correct horse battery staple',
    'the quick brown fox',
    'to be or not to be',
    'once upon a time',
    'qwertyuiop asdfgh',
    'qwertyuiop asdfghjkl',
    'qwertyuiop asdfghjkl zxcvbnm',
    'asdfghjkl zxcvbnm',
    '1q2w3e4r5t6y7u8i9o0p',
    '1qaz2wsx3edc4rfv',
    'qazwsxedcrfvtgb',
    'zaq12wsx cde34rfv',
    'administrator',
    'administrator1234',
    'welcome to the jungle',
    'trustno1 trustno1',
    'may the force be with you',
  ].map(core),
);

const SEQUENCES = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];
const SERVICE_NAMES = ['larder', 'password'];

/** A part of the address shorter than this says nothing about a password. */
const MIN_TELLING_CHARS = 4;
/** What must be left of a password without the parts that anybody would guess. */
const MIN_OWN_CHARS = 8;
const MAX_REPEATED_CHARS = 5;

/** Why `password` is too easy to guess for the owner of `email`; `null` if it is not. Both as the account has them. */
export function weaknessOf(password: string, email: string): string | null {
  const letters = core(password);
  if (COMMON.has(letters) || isListed(letters)) return 'is one of those that are tried first, or hardly more than that';
  if (isRepetition(letters) || isSequence(letters)) return 'repeats a short pattern';
  const [local = '', domain = ''] = email.split('@');
  const guesses = [...SERVICE_NAMES, local, ...local.split(/[^a-z0-9]+/u), ...domain.split('.')].map(core);
  const own = guesses
    .filter((guess) => guess.length >= MIN_TELLING_CHARS)
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, guess) => left.replaceAll(guess, ''), letters);
  return own.length < MIN_OWN_CHARS ? 'consists of your e-mail address or of the name of this service' : null;
}

function isRepetition(text: string): boolean {
  for (let size = 1; size <= MAX_REPEATED_CHARS; size += 1) {
    const unit = text.slice(0, size);
    if (unit.repeat(Math.ceil(text.length / size)).startsWith(text)) return true;
  }
  return false;
}

function isSequence(text: string): boolean {
  return SEQUENCES.some((sequence) => {
    const backwards = Array.from(sequence).toReversed().join('');
    return [sequence, backwards].some((walk) => walk.repeat(Math.ceil(text.length / walk.length) + 1).includes(text));
  });
}
