import type { FillRequest, LeaseRequest } from '../core/steps.js';
import type { Found, Store } from '../core/store.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

/** How long what is invalidated is remembered. */
export const TOMBSTONE_MS = 10_000;
/** A life that is still going on at the next command, also where time is real and the machine is busy. */
export const SHORT_MS = 1_500;
/** The mark of every value that is filled here. */
export const MARK = 'KxQ2z';

/** What asks for a lease. */
export const request = (token: string, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  token,
  leaseMs: 5_000,
  tombstoneMs: TOMBSTONE_MS,
  stamp: '',
  ...more,
});

/** What fills under the lease of that token. */
export const filling = (token: string, version: number, payload = '"x"', ttlMs = 60_000): FillRequest => ({
  token,
  version,
  mark: MARK,
  payload,
  ttlMs,
  tombstoneMs: TOMBSTONE_MS,
});

/** A value as it is found, while nobody loads it anew. */
export const value = (version: number, payload = '"x"', mark = MARK): Found => ({
  state: 'value',
  version,
  mark,
  payload,
  lease: null,
});

/** What a look finds of one key. */
export const see = async (store: Store, key: string): Promise<Found | undefined> =>
  (await store.look([key], [])).entries[0];

/** A grant's time is the store's own. */
export const leased = async (store: Store, key: string, asked: LeaseRequest): Promise<unknown> => {
  const answer = await store.lease(key, asked);
  return answer.kind === 'granted' ? { kind: 'granted', floor: answer.floor } : answer;
};

/** A test on a key of its own. */
type Body = (store: Store, key: string, more: ContractSubject) => Promise<void>;

/** A body of a test, as the framework runs it: on the subject that is current then. */
type On = (body: Body) => () => Promise<void>;

/** Runs bodies of tests on what `subject` gives. */
export const onSubject =
  (subject: () => ContractSubject): On =>
  (body) =>
  () => {
    const current = subject();
    return body(current.store, current.key(), current);
  };

/** Leases an absent key and fills it. */
type Put = (store: Store, key: string, version: number, payload?: string) => Promise<void>;

/** A {@link Put} that is stored, or fails its test. */
export const putWith =
  (equal: ContractFramework['equal']): Put =>
  async (store, key, version, payload = '"x"') => {
    await store.lease(key, request('put'));
    equal(await store.fill(key, filling('put', version, payload)), 'stored');
  };
