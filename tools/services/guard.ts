import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Waits for the end of its standard input, which comes when the owner ends in whatever way, kill -9 included.
 * Then it signals the last processes it was told of, kills them and their groups after 5 s, and removes the folders.
 * $1: the first signal; the rest: folders. Each input line: pids, or nothing.
 */
const SCRIPT = `
signal=$1; shift
pids=
while read -r line; do pids=$line; done
if [ -n "$pids" ]; then
  for pid in $pids; do kill -s CONT "$pid"; kill -s "$signal" "$pid"; done
  n=0; while [ $n -lt 50 ] && kill -s 0 $pids; do sleep 0.1; n=$((n + 1)); done
  for pid in $pids; do kill -s KILL -- "-$pid"; kill -s KILL "$pid"; done
  sleep 0.1
fi
for dir in "$@"; do rm -rf -- "$dir" || { sleep 1; rm -rf -- "$dir"; }; done
`;

/** Cleans up after this process if it ends without doing so itself. A shell of its own, deaf to the terminal's Ctrl-C. */
export class Guard {
  private readonly child: ChildProcess;

  /**
   * @param dirs   folders to remove when this process is gone
   * @param signal what the watched processes get first; SIGKILL follows after 5 s
   */
  constructor(dirs: readonly string[] = [], signal: 'KILL' | 'INT' | 'TERM' = 'KILL') {
    this.child = spawn('sh', ['-c', SCRIPT, 'larder-guard', signal, ...dirs], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    this.child.on('error', ignore);
    this.child.stdin?.on('error', ignore);
    this.child.unref();
    (this.child.stdin as Socket | null)?.unref();
  }

  /** Replaces the processes that must not outlive this one; none clears them. */
  watch(pids: readonly number[]): void {
    this.child.stdin?.write(`${pids.join(' ')}\n`);
  }

  /** Nothing is left to guard. The folders stay. */
  dismiss(): void {
    this.child.kill('SIGKILL');
  }
}

/** A guard that could not start leaves the normal way of stopping, which is all it backs up. */
function ignore(): void {
  return;
}
