import fc from 'fast-check';
import { ageOf, EXPIRED, MARK_MS, MARK_RANGE_MS, markOf } from './mark.js';

const instant = fc.integer({ min: 0, max: Date.UTC(2200, 0) });

it('gives back an age that is never too low, and too high by one unit at most', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: MARK_RANGE_MS / 2 - MARK_MS }), (madeMs, ageMs) => {
      const seen = ageOf(markOf(madeMs), madeMs + ageMs);
      expect(seen).toBeGreaterThanOrEqual(ageMs);
      expect(seen).toBeLessThan(ageMs + MARK_MS);
    }),
  );
});

it('is five characters that can stand behind a number', () => {
  fc.assert(
    fc.property(instant, (madeMs) => {
      expect(markOf(madeMs)).toMatch(/^[A-Za-z][A-Za-z0-9_-]{4}$/);
    }),
  );
});

it('takes a mark from the future for new', () => {
  expect(ageOf(markOf(10_000_000), 9_000_000)).toBe(0);
});

it.each([EXPIRED, '', 'abc', 'a|cde', 'a€cde', 'abcdef'])('takes %j for infinitely old', (mark) => {
  expect(ageOf(mark, Date.now())).toBe(Infinity);
});
