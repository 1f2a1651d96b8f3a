/**
 * Whether a topic exchange would route `type` by `pattern`: words are separated by dots, `*` stands for exactly one
 * word, `#` for any number of words, none among them.
 */
export function matchesTopic(pattern: string, type: string): boolean {
  return matches(pattern.split('.'), type.split('.'));
}

function matches(pattern: readonly string[], words: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return words.length === 0;
  if (head === '#') return words.some((_, skipped) => matches(rest, words.slice(skipped))) || matches(rest, []);
  return words.length > 0 && (head === '*' || head === words[0]) && matches(rest, words.slice(1));
}
