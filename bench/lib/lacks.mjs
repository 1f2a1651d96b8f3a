/** Thrown by a contestant that cannot take part in a row; the message says why, and becomes the footnote. */
export class Lacks extends Error {
  name = 'Lacks';
}
