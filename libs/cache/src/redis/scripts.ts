import { refusing } from './refusals.js';
import { script } from './script.js';

/** The cache's scripts and what each answers; the keys of one are of one bucket, so all run on a Cluster. */
export const lease = entryScript<['granted', string, number] | ['value', string] | ['busy', number] | ['bypass']>(
  'lease',
);
export const fill = entryScript<-1 | 0 | 1>('fill');
export const release = entryScript<0 | 1>('release');
export const put = entryScript<-1 | 0 | 1>('put');
export const expire = entryScript<0 | 1>('expire');
export const invalidate = entryScript<0 | 1>('invalidate');
export const intend = entryScript<1>('intend');
export const withdraw = entryScript<0 | 1>('withdraw');
export const applyBatch = entryScript<['applied' | 'unknown'] | ['gap' | 'duplicate', string]>('apply-batch');
export const restartChain = refusing(script<1>(file('restart-chain')));
export const currentTag = refusing(script<string>(file('current-tag')));
export const retire = refusing(script<0 | 1>(file('retire')));

function entryScript<Result>(name: string): ReturnType<typeof script<Result>> {
  return refusing(script<Result>(file(name), file('record')));
}

function file(name: string): URL {
  return new URL(`./scripts/${name}.lua`, import.meta.url);
}
