import { readdir, readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const run = promisify(execFile);

/** Sends a signal; `false` when there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** `pid` and every process below it, parents first. */
export async function familyOf(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const [child, parent] of await parents()) {
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

/** Resolves when none of the processes runs any more; `false` when some still do after `timeoutMs`. */
export async function gone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  let left = pids;
  while ((left = await runningOf(left)).length > 0) {
    if (Date.now() > deadline) return false;
    await sleep(15);
  }
  return true;
}

/** The command line of a process; empty when there is no such process. */
export async function commandOf(pid: number): Promise<string> {
  if (!signal(pid, 0)) return '';
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  if (line !== null) return line.replaceAll('\0', ' ');
  const listed = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return listed.stdout;
}

/** The parent of a process; `null` when there is no such process. */
export async function parentOf(pid: number): Promise<number | null> {
  return (await parents()).find(([child]) => child === pid)?.[1] ?? null;
}

async function runningOf(pids: readonly number[]): Promise<number[]> {
  const flags = await Promise.all(pids.map(isRunning));
  return pids.filter((_, index) => flags[index]);
}

/** A zombie, which only waits for its parent to take notice, does not run. */
async function isRunning(pid: number): Promise<boolean> {
  if (!signal(pid, 0)) return false;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return statFields(stat)[0] !== 'Z';
}

async function parents(): Promise<[child: number, parent: number][]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return parentsFromPs();
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat, index) => {
    const parent = Number(statFields(stat)[1]);
    return Number.isNaN(parent) ? [] : [[Number(pids[index]), parent] satisfies [number, number]];
  });
}

/** What follows the command's name, which may itself hold spaces and brackets: state, parent, ... */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function parentsFromPs(): Promise<[child: number, parent: number][]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
