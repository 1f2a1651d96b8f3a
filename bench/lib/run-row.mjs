import { CONTESTANTS } from '../contestants/index.mjs';
import { connect } from './clients.mjs';
import { ContestantProcess } from './contestant-process.mjs';
import { summarise } from './statistics.mjs';

const STEP_LIMIT_MS = 30_000;
const START_DELAY_MS = 60;

/** How many times `onStep` will be called. */
export function stepsOf(row, { quick }) {
  return row.contestants.length * (1 + roundsOf(row, quick));
}

/**
 * Runs one row: all contestants are started and checked, then take turns, round after round, so that whatever else the
 * machine does hits all of them. Never rejects for a contestant's failure: it becomes a reason.
 */
export async function runRow(row, { server, quick, entries, profile, onStep }) {
  await flush(server); // what one contestant left in a database is not for the next
  const teams = row.contestants.map(
    (name, index) => new Team(row, name, { ...server, db: index }, { quick, entries, profile }),
  );
  try {
    if (row.alone) for (const team of teams) await team.turnsAlone(roundsOf(row, quick), onStep);
    else await takeTurns(teams, roundsOf(row, quick), onStep);
    return Object.fromEntries(teams.map((team) => [team.name, team.outcome()]));
  } finally {
    await Promise.all(teams.map((team) => team.end()));
  }
}

async function flush(server) {
  const redis = await connect(server);
  await redis.flushall('ASYNC');
  redis.disconnect();
}

async function takeTurns(teams, rounds, onStep) {
  for (const team of teams) {
    await team.prepare();
    onStep();
  }
  for (let round = 0; round < rounds; round++) {
    for (const team of teams) {
      await team.sample(round);
      onStep();
    }
  }
}

function roundsOf(row, quick) {
  return quick ? row.quickRounds : row.rounds;
}

/** The processes of one contestant in one row, and what they have measured. */
class Team {
  #processes = [];
  #samples = [];
  #reason = null;

  constructor(row, name, server, { quick, entries, profile }) {
    this.row = row;
    this.name = name;
    this.limitMs = row.stepLimitMs ?? STEP_LIMIT_MS;
    this.contexts = Array.from({ length: row.processes ?? 1 }, (_, process) => ({
      ...{ row: row.name, name, server, quick, entries, process, profile: profile === name },
    }));
  }

  prepare() {
    return this.#attempt(async () => {
      this.#processes = this.contexts.map((context) => new ContestantProcess(context, this.row.nodeArgs));
      for (const each of this.#processes) await each.ask('prepare', null, this.limitMs);
    });
  }

  sample(round) {
    return this.#attempt(async () => {
      const input = { round, startAt: Date.now() + START_DELAY_MS };
      const parts = await Promise.all(this.#processes.map((each) => each.ask('sample', input, this.limitMs)));
      this.#samples.push(this.row.combine ? this.row.combine(parts, this.name) : parts[0]);
    });
  }

  /** For rows in which two contestants at once would need too much memory of Redis. */
  async turnsAlone(rounds, onStep) {
    await this.prepare();
    onStep();
    for (let round = 0; round < rounds; round++) {
      if (!this.#isCut()) await this.sample(round);
      onStep();
    }
    await this.end();
  }

  /** Once cut off is enough: the next round would take as long and say no more. */
  #isCut() {
    return Object.values(this.#samples.at(-1)?.capped ?? {}).includes(true);
  }

  async end() {
    await Promise.all(this.#processes.map((each) => each.end()));
  }

  /** The figures, and the reason if some are missing. */
  outcome() {
    const figures = {};
    for (const [metric, { better }] of Object.entries(this.row.metrics)) {
      const samples = this.#samples
        .filter((sample) => sample[metric] !== undefined)
        .map((sample) => ({ value: sample[metric], capped: sample.capped?.[metric] ?? false }));
      if (samples.length > 0) figures[metric] = summarise(samples, better);
    }
    return { ...CONTESTANTS[this.name], figures, reason: this.#reason };
  }

  /** After a failure it takes no more turns; what it measured before it stays out, for it answered wrongly. */
  async #attempt(work) {
    if (this.#reason !== null) return;
    try {
      await work();
    } catch (error) {
      this.#reason = error.message;
      this.#samples = [];
    }
  }
}
