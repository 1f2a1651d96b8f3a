import type { ChildProcess } from 'node:child_process';
import { Guard } from '../services/index.js';
import { runProgram, type Ending, type Program } from './child.js';

const RESTART_DELAY_MS = 1_000;
/** A program that ends this often within a minute will not get better by another start. */
const MAX_ENDINGS_PER_MINUTE = 5;
const STOP_TIMEOUT_MS = 12_000;
/** EX_CONFIG: the program's configuration is wrong; another start would end the same way. */
const MISCONFIGURED = 78;

/**
 * Keeps programs running: one that ends is started again after a second. One that is misconfigured, or ends five times
 * within a minute, stops them all. They end with this process, whichever way it ends.
 */
export class Supervisor {
  private readonly children = new Map<string, ChildProcess>();
  private readonly endings = new Map<string, number[]>();
  private readonly guard = new Guard([], 'TERM');
  private stopping = false;

  constructor(
    private readonly print: (line: string) => void,
    private readonly giveUp: (reason: string) => void,
  ) {}

  /** Starts a program, with its name before each line that it writes. */
  start(program: Program): void {
    const prefix = program.name.padEnd(11);
    const child = runProgram(
      program,
      (line) => {
        this.print(`${prefix} | ${line}`);
      },
      (how) => {
        this.ended(program, how);
      },
    );
    this.children.set(program.name, child);
    this.tellGuard();
  }

  /** Ends all programs, at most 12 s long; then kills what is left. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.children.values()].map(endChild));
    this.guard.dismiss();
  }

  private ended(program: Program, how: Ending): void {
    this.children.delete(program.name);
    this.tellGuard();
    if (this.stopping) return;
    const reason = this.reasonToGiveUp(program.name, how);
    if (reason !== null) {
      this.giveUp(reason);
      return;
    }
    this.print(`${program.name} ended (${how}); starting it again`);
    setTimeout(() => {
      if (!this.stopping) this.start(program);
    }, RESTART_DELAY_MS);
  }

  private reasonToGiveUp(name: string, how: Ending): string | null {
    if (how === MISCONFIGURED) return `${name} is misconfigured`;
    const now = Date.now();
    const recent = [...(this.endings.get(name) ?? []).filter((at) => now - at < 60_000), now];
    this.endings.set(name, recent);
    return recent.length < MAX_ENDINGS_PER_MINUTE ? null : `${name} ended ${recent.length} times within a minute`;
  }

  private tellGuard(): void {
    this.guard.watch([...this.children.values()].flatMap(({ pid }) => pid ?? []));
  }
}

function endChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
