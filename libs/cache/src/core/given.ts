/** An object without what is `undefined` in it: what a caller has left open must not take the place of a default. */
export function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}
