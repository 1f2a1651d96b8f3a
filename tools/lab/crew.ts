import { fork, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackReads, type ReadColumns } from './history/reads.js';
import type { WriteRecord } from './history/writes.js';
import type { FailureCounts } from './worker/failures.js';
import type { FromWorker, ToWorker, WorkerPlan } from './worker/messages.js';

type Message<Kind extends FromWorker['kind']> = Extract<FromWorker, { kind: Kind }>;

/** What a crew has done, by process. */
export interface CrewHistory {
  readonly reads: readonly ReadColumns[];
  readonly writes: readonly WriteRecord[];
  readonly failures: readonly FailureCounts[];
  readonly refusals: readonly FailureCounts[];
  /** Readers and writers who did not come back. */
  readonly stuck: number;
}

const PROGRAM = fileURLToPath(new URL('./worker/main.js', import.meta.url));
/** How long workers may take beyond what they were given. */
const PATIENCE_MS = 60_000;

/** The processes of readers and writers of one row. They end with this process. */
export class Crew {
  private readonly children: readonly ChildProcess[];
  private readonly files: readonly string[];

  /** @param plans how each is set up, without where its reads go: into `dir` */
  constructor(plans: readonly Omit<WorkerPlan, 'readsFile'>[], dir: string) {
    this.files = plans.map(({ process: number }) => join(dir, `reads-${number}`));
    this.children = plans.map((plan, index) => {
      const whole: WorkerPlan = { ...plan, readsFile: this.files[index] as string };
      return fork(PROGRAM, [JSON.stringify(whole)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    });
  }

  /** Resolves when every cache is connected. @throws {Error} what one of them said */
  async ready(): Promise<void> {
    await this.all('ready', PATIENCE_MS);
  }

  /** Reads and writes from `fromUs` of the laboratory's clock on. @throws {Error} what one of them said */
  async run(fromUs: number, durationMs: number): Promise<CrewHistory> {
    const answers = this.all('done', durationMs + PATIENCE_MS);
    this.tell({ kind: 'run', fromUs, durationMs });
    const done = await answers;
    return {
      reads: await Promise.all(this.files.map(async (file) => unpackReads(await readFile(file)))),
      writes: done.flatMap(({ writes }) => writes),
      failures: done.map(({ failures }) => failures),
      refusals: done.map(({ refusals }) => refusals),
      stuck: done.reduce((sum, { stuck }) => sum + stuck, 0),
    };
  }

  /** Ends a {@link run} before its time. */
  stop(): void {
    this.tell({ kind: 'stop' });
  }

  /** What each process reads now, by process and key. */
  async look(): Promise<(readonly (number | null)[])[]> {
    const answers = this.all('seen', PATIENCE_MS);
    this.tell({ kind: 'look' });
    return (await answers).map(({ versions }) => versions);
  }

  /** Lets them close their connections, and ends those that do not within two seconds. */
  async close(): Promise<void> {
    this.tell({ kind: 'close' });
    await Promise.all(this.children.map(endOf));
  }

  private tell(message: ToWorker): void {
    for (const child of this.children) if (child.connected) child.send(message);
  }

  private all<Kind extends FromWorker['kind']>(kind: Kind, withinMs: number): Promise<Message<Kind>[]> {
    return Promise.all(this.children.map((child) => answerOf(child, kind, withinMs)));
  }
}

function answerOf<Kind extends FromWorker['kind']>(
  child: ChildProcess,
  kind: Kind,
  withinMs: number,
): Promise<Message<Kind>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      finish(new Error(`A process of readers said nothing for ${withinMs} ms`));
    }, withinMs);
    const onMessage = (message: FromWorker): void => {
      if (message.kind === kind) finish(null, message as Message<Kind>);
      else if (message.kind === 'failed') finish(new Error(message.reason));
    };
    const onExit = (code: number | null): void => {
      finish(new Error(`A process of readers ended with code ${code ?? 'none'}`));
    };
    const finish = (error: Error | null, message?: Message<Kind>): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      if (message) resolve(message);
      else reject(error ?? new Error('no answer'));
    };
    child.on('message', onMessage).on('exit', onExit);
    if (child.exitCode !== null) onExit(child.exitCode);
  });
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(timer);
}
