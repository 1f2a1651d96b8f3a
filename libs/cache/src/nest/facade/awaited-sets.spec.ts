import { AwaitedSets } from './awaited-sets.js';

const fill = async (): Promise<boolean> => true;
const later = async (): Promise<boolean> => true;

let nowMs = 0;
let awaited: AwaitedSets<number>;

beforeEach(() => {
  nowMs = 1_000;
  awaited = new AwaitedSets(100, () => nowMs);
});

it('lets one get at a time reserve, and one set that follows store', async () => {
  expect(awaited.begin('a')).toBeNull();
  const waiting = awaited.begin('a');
  let waited = false;
  const done = waiting?.then(() => (waited = true));
  await new Promise(setImmediate);
  expect(waited).toBe(false);
  awaited.reserved('a', fill);
  await done;
  expect(waited).toBe(true);
  await awaited.begin('a');
  expect(awaited.begin('b')).toBeNull();
  expect(awaited.take('a')).toEqual({ kind: 'fill', fill });
  expect(awaited.take('a')).toEqual({ kind: 'yield' });
  expect(awaited.take('a')).toEqual({ kind: 'yield' });
  expect(awaited.take('a')).toEqual({ kind: 'doubt' });
  expect(awaited.begin('a')).toBeNull();
});

it('awaits each set for its time, and assumes that the newest is still to come', () => {
  void awaited.begin('a');
  awaited.reserved('a', fill);
  nowMs += 60;
  void awaited.begin('a');
  expect(awaited.take('a')).toEqual({ kind: 'fill', fill });
  nowMs += 60;
  expect(awaited.take('a')).toEqual({ kind: 'yield' });
  expect(awaited.take('a')).toEqual({ kind: 'doubt' });
});

it('doubts further sets until that of the get could not come any more, whatever is got meanwhile', () => {
  void awaited.begin('a');
  awaited.reserved('a', fill);
  nowMs += 50;
  expect(awaited.take('a')).toEqual({ kind: 'fill', fill });
  nowMs += 49;
  void awaited.begin('a');
  awaited.reserved('a', null);
  awaited.end('a'); // a hit
  expect(awaited.take('a')).toEqual({ kind: 'doubt' });
  nowMs += 2;
  expect(awaited.take('a')).toEqual({ kind: 'write' });
});

it('awaits no set for longer', () => {
  void awaited.begin('a');
  awaited.reserved('a', fill);
  nowMs += 100;
  expect(awaited.take('a')).toEqual({ kind: 'write' });
});

it('uses a reservation that was made while a set was awaited only when that one cannot come any more', () => {
  void awaited.begin('a');
  awaited.reserved('a', null); // it was refused, and its load fails: no set
  nowMs += 50;
  expect(awaited.begin('a')).toBeNull();
  awaited.reserved('a', later);
  nowMs += 10;
  void awaited.begin('a');
  nowMs += 89;
  expect(awaited.take('a')).toEqual({ kind: 'yield' });
  nowMs += 1;
  expect(awaited.take('a')).toEqual({ kind: 'fill', fill: later });
});

it('lets nobody wait for an answer that nobody needs any more', async () => {
  void awaited.begin('a');
  const waiting = awaited.begin('a');
  nowMs += 100;
  awaited.reserved('a', fill);
  expect(await waiting).toBeUndefined();
});

it('has no use for a reservation that came when nothing was awaited any more', () => {
  void awaited.begin('a');
  nowMs += 200;
  awaited.reserved('a', fill);
  expect(awaited.take('a')).toEqual({ kind: 'write' });
});
