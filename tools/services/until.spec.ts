import { until } from './until.js';

it('answers what the check answered as soon as it neither failed nor was false', async () => {
  const answers: (() => number | false | Promise<number>)[] = [
    () => false,
    () => Promise.reject(new Error('not yet')),
    () => Promise.resolve(0),
  ];
  expect(await until<number | false>('a number', 5_000, () => answers.shift()!())).toBe(0);
  expect(answers).toEqual([]);
});

it('looks once more when the time is over, then says for what it waited, and why in vain', async () => {
  let looks = 0;
  const check = (): never => {
    looks += 1;
    throw new Error(`look ${looks}`);
  };
  await expect(until('a miracle', 0, check)).rejects.toMatchObject({
    message: 'Not within 0 ms: a miracle',
    cause: { message: 'look 1' },
  });
});
