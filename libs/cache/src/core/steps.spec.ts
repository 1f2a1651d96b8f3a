import { discard, expire, fill, invalidate, lease, put, release } from './steps.js';
import { link } from './chain-steps.js';
import { intend, withdraw } from './intent-steps.js';
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
    const kept = { write: { entry: intent, ttlMs: Infinity }, answer: undefined };
    expect(invalidate(intent, { version: 9, tombstoneMs: 1_000 })).toEqual({ ...raised, answer: undefined });
    expect(invalidate(intent, { version: 2, tombstoneMs: 1_000 })).toEqual(kept);
    expect(discard(intent, { tombstoneMs: 1_000 })).toEqual(kept);
    expect(expire(intent, 1_000)).toEqual({ answer: undefined });
  });

  it('is placed over whatever there is, and keeps its floor', () => {
    const floors: [Entry | null, number][] = [
      [null, 0],
      [{ state: 'tombstone', floor: 4, lease: { token: 'a', untilMs: 9 } }, 4],
      [{ state: 'value', version: 5, mark: 'KxQ2z', payload: 'x', lease: null }, 5],
    ];
    for (const [entry, floor] of floors) {
      const placed = { state: 'intent', floor, transactions: ['8'] };
      expect(intend(entry, '8')).toEqual({ write: { entry: placed, ttlMs: Infinity }, answer: undefined });
    }
    expect(intend(intent, '8').write?.entry).toEqual({ ...intent, transactions: ['7', '8'] });
    expect(intend(intent, '7').write?.entry).toEqual(intent);
  });

  it('ends with the last of its transactions, in a tombstone with the highest floor', () => {
    const two: Entry = { state: 'intent', floor: 3, transactions: ['7', '8'] };
    const ended = { write: { entry: { state: 'tombstone', floor: 9, lease: null }, ttlMs: 1_000 }, answer: undefined };
    const by = (transaction: string) => ({ version: 9, transaction, tombstoneMs: 1_000 });
    expect(invalidate(two, by('7')).write?.entry).toEqual({ state: 'intent', floor: 9, transactions: ['8'] });
    expect(invalidate(intent, by('7'))).toEqual(ended);
    expect(discard(intent, { transaction: '7', tombstoneMs: 1_000 }).write?.entry).toMatchObject({ floor: 3 });
    expect(withdraw(intent, '7', 1_000).write?.entry).toEqual({ state: 'tombstone', floor: 3, lease: null });
    expect(withdraw(intent, '8', 1_000).write?.entry).toEqual(intent);
    expect(withdraw(null, '7', 1_000)).toEqual({ answer: undefined });
  });
});

describe('a link of the chain', () => {
  it('is applied where it fits, and tells what is missing elsewhere', () => {
    expect(link(4, { after: 4, upTo: 5 })).toEqual({ kind: 'applied' });
    expect(link(4, { after: 4, upTo: 4 })).toEqual({ kind: 'applied' });
    expect(link(3, { after: 4, upTo: 5 })).toEqual({ kind: 'gap', at: 3 });
    expect(link(5, { after: 4, upTo: 5 })).toEqual({ kind: 'duplicate', at: 5 });
    expect(link(5, { after: 4, upTo: 4 })).toEqual({ kind: 'duplicate', at: 5 });
    expect(link(5, { after: 4, upTo: 9 })).toEqual({ kind: 'gap', at: 5 });
    expect(link(null, { after: 0, upTo: 1 })).toEqual({ kind: 'unknown' });
  });
});
