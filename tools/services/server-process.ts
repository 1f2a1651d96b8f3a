import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Guard } from './guard.js';
import { familyOf, gone, signal } from './processes.js';

/** How a server is started and stopped. */
export interface Launch {
  /** What error messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The user that it runs as; the current one unless given. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Gets the server's output, appended. */
  readonly logFile: string;
  /** What the output says once the server answers. */
  readonly readyText: string;
  /** How long that may take, in milliseconds. */
  readonly readyTimeoutMs: number;
  /** What stops it without loss. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** Folders to remove if this process dies before it has stopped the server. */
  readonly ownedDirs?: readonly string[];
}

/** The server ended, or said nothing, before it was ready. `output` is the end of what it wrote. */
class ServerDidNotStart extends Error {
  override readonly name = 'ServerDidNotStart';

  constructor(
    server: string,
    readonly output: string,
  ) {
    super(`${server} did not start. Its last words:\n${output}`);
  }
}

const STOP_TIMEOUT_MS = 10_000;

/** A server process of ours, which does not outlive us. */
export class ServerProcess {
  private child: ChildProcess | null = null;
  private readonly guard: Guard;

  private constructor(private readonly launch: Launch) {
    this.guard = new Guard(launch.ownedDirs, launch.ownedDirs?.length ? 'KILL' : 'INT');
  }

  /** Starts the server and waits until it answers. @throws {ServerDidNotStart} */
  static async start(launch: Launch): Promise<ServerProcess> {
    const server = new ServerProcess(launch);
    try {
      await server.start();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** The server's process id, or -1 while it is down. */
  get pid(): number {
    return this.child?.pid ?? -1;
  }

  /** Starts it again after a stop or a kill. @throws {ServerDidNotStart} */
  async start(): Promise<void> {
    const log = await open(this.launch.logFile, 'a');
    const { size } = await log.stat();
    try {
      this.spawn(log.fd);
    } finally {
      await log.close();
    }
    await this.untilReady(size);
  }

  /** Lets the server finish properly, at most 10 s; then kills it. */
  async stop(): Promise<void> {
    await this.end(this.launch.stopSignal);
  }

  /** kill -9, its children included, whatever state they are in. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Freezes the server: connections stay open, nothing answers. */
  async pause(): Promise<void> {
    if (this.pid === -1) return;
    signal(this.pid, 'SIGSTOP');
    const family = await familyOf(this.pid);
    this.guard.watch(family);
    for (const pid of family) signal(pid, 'SIGSTOP');
  }

  /** Lets a paused server go on. */
  async resume(): Promise<void> {
    if (this.pid === -1) return;
    for (const pid of await familyOf(this.pid)) signal(pid, 'SIGCONT');
    this.guard.watch([this.pid]);
  }

  /** Kills it if it still runs; it cannot be started again. */
  async dispose(): Promise<void> {
    await this.kill();
    this.guard.dismiss();
  }

  private spawn(output: number): void {
    const { command, args, env = process.env, user } = this.launch;
    const child = spawn(command, args, {
      env,
      ...user,
      detached: true,
      stdio: ['ignore', output, output],
      cwd: '/',
    });
    child.unref();
    child.on('error', () => {
      if (this.child === child) this.child = null;
    });
    child.on('exit', () => {
      if (this.child !== child) return;
      this.child = null;
      this.guard.watch([]);
    });
    this.child = child.pid === undefined ? null : child;
    if (child.pid !== undefined) this.guard.watch([child.pid]);
  }

  private async untilReady(logStart: number): Promise<void> {
    const deadline = Date.now() + this.launch.readyTimeoutMs;
    for (;;) {
      const output = (await readFile(this.launch.logFile)).subarray(logStart).toString();
      if (output.includes(this.launch.readyText)) return;
      if (this.pid === -1 || Date.now() > deadline) {
        throw new ServerDidNotStart(this.launch.name, output.slice(-2_000) || `(nothing; ${this.launch.command})`);
      }
      await sleep(20);
    }
  }

  private async end(first: NodeJS.Signals): Promise<void> {
    const { pid } = this;
    if (pid === -1) return;
    const family = await familyOf(pid);
    if (first !== 'SIGKILL') {
      for (const member of family) signal(member, 'SIGCONT');
      signal(pid, first);
      if (await gone(family, STOP_TIMEOUT_MS)) {
        this.forget(pid);
        return;
      }
    }
    for (const member of [-pid, ...family]) signal(member, 'SIGKILL');
    await gone(family, STOP_TIMEOUT_MS);
    this.forget(pid);
  }

  private forget(pid: number): void {
    if (this.pid !== pid) return;
    this.child = null;
    this.guard.watch([]);
  }
}
