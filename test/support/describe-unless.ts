/**
 * A block of tests that is skipped when there is a reason to; `npm test` prints the skipped ones with their names.
 *
 * @param reason why the tests cannot run here, `null` when they can
 */
export function describeUnless(reason: string | null, title: string, body: () => void): void {
  if (reason === null) describe(title, body);
  else describe.skip(`${title} (${reason})`, body);
}
