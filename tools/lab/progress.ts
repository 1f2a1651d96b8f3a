import { SingleBar } from 'cli-progress';

/** Shows how far a run is, on stderr: a bar for a person at a terminal, else a line whenever something new begins. */
export interface ProgressBar {
  /** @param done from 0 to 1 */
  readonly update: (what: string, done: number) => void;
  readonly stop: () => void;
}

const WHOLE = 1_000;

/** A bar that starts with its first update. */
export function progressBar(): ProgressBar {
  return process.stderr.isTTY ? barForPeople() : linesForLogs();
}

function barForPeople(): ProgressBar {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {duration_formatted} | {what}',
    hideCursor: true,
    etaBuffer: 50,
  });
  let isOn = false;
  return {
    update: (what, done) => {
      if (!isOn) bar.start(WHOLE, 0, { what });
      isOn = true;
      bar.update(Math.round(done * WHOLE), { what });
    },
    stop: () => {
      bar.stop();
    },
  };
}

function linesForLogs(): ProgressBar {
  let last = '';
  return {
    update: (what) => {
      if (what !== last) process.stderr.write(`${what} ...\n`);
      last = what;
    },
    stop: () => undefined,
  };
}
