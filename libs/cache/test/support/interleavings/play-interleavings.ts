import { jest } from '@jest/globals';
import fc from 'fast-check';
import { IS_THOROUGH } from '../../../../../test/support/thorough.js';
import type { Action, Play } from './play.js';
import { Scene } from './scene.js';

/** A machine that is busy tries less; what fails is told before the test's own time is up. */
const TIME_LIMIT_MS = 20_000;
/** Fewer would show nothing. */
const LEAST_RUNS = 50;

/**
 * Plays random lanes of actions in two or three processes over one store, in random interleavings of everything that
 * they wait for, time included, and checks what each read returns against what its row's writers know.
 */
export async function playInterleavings<Value>(play: Play<Value>): Promise<void> {
  // Each run has some of the actions only: what needs two of a kind is rare among all.
  const lanes = fc
    .subarray([...play.actions], { minLength: 1, maxLength: Math.min(5, play.actions.length) })
    .chain((some) => {
      const step = fc.tuple(
        fc.constantFrom<Action>('read', ...some),
        fc.constantFrom(0, 0, 0, 1, 1, 2),
        fc.constantFrom(0, 0, 0, 1),
      );
      return fc.array(fc.array(step, { minLength: 2, maxLength: 6 }), { minLength: 2, maxLength: 5 });
    });
  const pace = fc.array(fc.constantFrom(0, 1, 5, 20, 60, 130, 700), { maxLength: 4 });
  const room = fc.constantFrom(2, 3, 100);
  const act = async (run: () => Promise<void>): Promise<void> => {
    await run();
    await quiet();
  };
  const giveUpAtMs = realNow() + TIME_LIMIT_MS;
  const numRuns = IS_THOROUGH ? play.numRuns : Math.max(LEAST_RUNS, Math.ceil(play.numRuns / 2));
  let runs = 0;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  try {
    await fc.assert(
      fc.asyncProperty(fc.scheduler({ act }), lanes, pace, room, async (s, each, paceMs, maxEntries) => {
        if (realNow() > giveUpAtMs) return;
        runs += 1;
        await new Scene(play, s, maxEntries).run(each, paceMs);
        jest.clearAllTimers();
      }),
      { numRuns, endOnFailure: 'LARDER_NO_SHRINKING' in process.env },
    );
  } finally {
    jest.useRealTimers();
  }
  if (runs < LEAST_RUNS) throw new Error(`Only ${runs} runs in ${TIME_LIMIT_MS} ms`);
}

const realImmediate = setImmediate;
const realNow = performance.now.bind(performance);

/** Everything that runs without waiting for the scheduler has run. */
function quiet(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}
