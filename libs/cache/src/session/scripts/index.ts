import { script } from '../../redis/script.js';

/** The one list of session scripts and what they answer; each touches one key, so all run on a Cluster; `recall` one or more. */
export const scripts = {
  create: script<0 | 1>(file('create')),
  check: script<(string | number)[]>(file('check')),
  rotate: script<0 | 1>(file('rotate')),
  recordVerified: script<0 | 1>(file('record-verified')),
  adoptGeneration: script<number>(file('adopt-generation')),
  recall: script<(string | null)[]>(file('recall')),
  remember: script<0 | 1>(file('remember')),
  changePreferences: script<[outcome: string, ...rest: string[]]>(file('change-preferences')),
  end: script<[] | [id: string, account: string]>(file('end')),
  supersede: script<[] | [id: string, account: string]>(file('supersede')),
  enlist: script<string[]>(file('enlist')),
  writeCart: script<[outcome: string, ...rest: string[]]>(file('write-cart')),
  seal: script<[] | [account: string, ...fields: string[]]>(file('seal')),
  merge: script<string[]>(file('merge')),
};

function file(name: string): URL {
  return new URL(`./${name}.lua`, import.meta.url);
}
