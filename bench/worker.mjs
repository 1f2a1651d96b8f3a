/** The process of one contestant in one row. Started by run.mjs, which tells it by messages what to do. */
import { ROWS } from './rows/index.mjs';
import { Lacks } from './lib/lacks.mjs';
import { profiled } from './lib/profiled.mjs';

const context = JSON.parse(process.argv[2]);
const row = ROWS.find(({ name }) => name === context.row);
let run;

const STEPS = {
  prepare: async () => {
    run = await row.prepare(context);
  },
  sample: (input) =>
    context.profile
      ? profiled(`${row.name}-${context.name}-${context.process}-${input.round}`, () => run.sample(input))
      : run.sample(input),
  close: () => run?.close(),
};

// What a contestant throws outside of a call is its own affair; what it answers is what counts.
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => undefined);

process.on('message', async ({ step, input }) => {
  try {
    process.send({ result: await STEPS[step](input) });
  } catch (error) {
    process.send({ error: { message: error?.message ?? String(error), lacks: error instanceof Lacks } });
  }
  if (step === 'close') process.exit(0);
});
process.on('disconnect', () => process.exit(1));
