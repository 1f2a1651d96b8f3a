import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What {@link Supervisor} runs: a Node program with its environment. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How a child ended: its exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/**
 * Runs a program in a process group of its own, so that the terminal's Ctrl-C reaches only the parent, which stops
 * its children in order. Each line of its output goes to `print`.
 */
export function runProgram(
  program: Program,
  print: (line: string) => void,
  ended: (how: Ending) => void,
): ChildProcess {
  const child = spawn(process.execPath, [program.file], {
    env: program.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', print);
  child.once('error', (error) => {
    print(error.message);
    ended(1);
  });
  child.once('exit', (code, signal) => {
    ended(code ?? signal ?? 1);
  });
  return child;
}
