/** Letters and digits in lower case: decoration protects nothing. Text without any stays as it is. */
export function core(text: string): string {
  const lower = text.toLowerCase();
  const kept = lower.replaceAll(/[^\p{L}\p{N}]+/gu, '');
  return kept === '' ? lower : kept;
}
