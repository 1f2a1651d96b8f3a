import { ManualClock } from '../testing/manual-clock.js';
import { leaveReplica } from './leave-replica.js';

const readonly = new Error("READONLY You can't write against a read only replica.");

it('leaves once for all commands that fail together, and again for those that fail later', () => {
  const clock = new ManualClock();
  const leaves = leaveReplica(clock.now);
  expect([leaves(readonly), leaves(readonly), leaves(readonly)]).toEqual([true, false, false]);
  clock.advance(30);
  expect([leaves(readonly), leaves(readonly)]).toEqual([true, false]);
});

it('stays for any other error', () => {
  const leaves = leaveReplica();
  expect(leaves(new Error('OOM command not allowed'))).toBe(false);
  expect(leaves(readonly)).toBe(true);
});
