import { discard, expire, fill, invalidate, lease, put, release } from './steps.js';
import type { Entry } from './record.js';

const intent: Entry = { state: 'intent', floor: 3, transactions: ['7'] };
const filling = { token: 'a', version: 9, mark: 'KxQ2z', payload: 'x', ttlMs: 1_000, tombstoneMs: 1_000 };
const putting = { version: 9, mark: 'KxQ2z', body: 'x', stampChars: 0, ttlMs: 1_000, tombstoneMs: 1_000 };
const raised = { write: { entry: { ...intent, floor: 9 }, ttlMs: Infinity } };

describe('a strict write in flight', () => {
  it('grants no lease, and takes no fill and no put', () => {
    const request = { token: 'a', leaseMs: 1_000, tombstoneMs: 1_000, stamp: '' };
    expect(lease(intent, request, 0)).toEqual({ answer: { kind: 'bypass' } });
    expect(fill(intent, filling)).toEqual({ answer: 'refused' });
    expect(put(intent, putting)).toEqual({ ...raised, answer: 'refused' });
    expect(release(intent, 'a', 1_000)).toEqual({ answer: false });
  });

  it('stays when it is invalidated, with a floor that rises, when it is discarded and when it is expired', () => {
    expect(invalidate(intent, 9, 1_000)).toEqual({ ...raised, answer: undefined });
    expect(invalidate(intent, 2, 1_000)).toEqual({ answer: undefined });
    expect(discard(intent)).toEqual({ answer: undefined });
    expect(expire(intent, 1_000)).toEqual({ answer: undefined });
  });
});
