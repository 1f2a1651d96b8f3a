import { script } from './script.js';

/** The cache's scripts and what each answers; every one touches one key, so all run on a Cluster. */
export const lease = script<['granted' | 'value', string] | ['busy', number] | ['bypass']>(file('lease'));
export const fill = script<-1 | 0 | 1>(file('fill'));
export const release = script<0 | 1>(file('release'));
export const invalidate = script<0 | 1>(file('invalidate'));
export const currentTag = script<string>(file('current-tag'));

function file(name: string): URL {
  return new URL(`./scripts/${name}.lua`, import.meta.url);
}
