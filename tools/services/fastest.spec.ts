import { fastest } from './fastest.js';

const runs = (...durationsMs: number[]) => {
  const left = [...durationsMs];
  return { left, measure: async () => left.shift()! };
};

it('answers the shortest of as many runs as it may', async () => {
  const { left, measure } = runs(30, 20, 25, 1);
  expect(await fastest(3, 10, measure)).toBe(20);
  expect(left).toEqual([1]);
});

it('ends with the first run below the limit', async () => {
  const { left, measure } = runs(30, 9, 1);
  expect(await fastest(3, 10, measure)).toBe(9);
  expect(left).toEqual([1]);
});
