import { openLarder } from './larder-space.mjs';

/** A schema that lets everything through: what no peer checks is not checked here either. */
const Anything = {
  parse: (value) => value,
  '~standard': { version: 1, vendor: 'larder-bench', validate: (value) => ({ value }) },
};

/** This project's cache, values unchecked like the peers'. */
export function open(options) {
  return openLarder(options, Anything);
}
