import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, Guard, until } from '../../tools/services/index.js';
import { ROOT } from './built.js';
import { Client } from './http.js';

const START_MS = 60_000;
const PORTS = [
  'PORT',
  'OPS_PORT',
  'AUTH_PORT',
  'AUTH_OPS_PORT',
  'CATALOG_PORT',
  'CATALOG_OPS_PORT',
  'INVALIDATOR_OPS_PORT',
];

/** One `npm start`, on free ports. */
export interface EmbeddedRun {
  readonly process: ChildProcess;
  readonly client: Client;
  /** What the invalidator shows of itself. */
  metrics(): Promise<string>;
  /** What it has printed so far, both streams. */
  output(): string;
  /** The exit code, or the signal that ended it. */
  ended(): Promise<number | string>;
}

/** Starts the embedded system as often as a test likes; what still runs at the end dies with {@link killAll}, or with this process. */
export class EmbeddedStarter {
  private readonly guard = new Guard();
  private readonly started: ChildProcess[] = [];

  /** @param home where the data is kept; @param variables part of its environment */
  async start(home: string, variables: Readonly<Record<string, string>> = {}): Promise<EmbeddedRun> {
    const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const));
    const env: NodeJS.ProcessEnv = {
      PATH: process.env['PATH'],
      LARDER_HOME: home,
      ...Object.fromEntries(ports),
      ...variables,
    };
    const urlOf = (name: string): string => `http://127.0.0.1:${env[name] ?? ''}`;
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn(process.execPath, [join(ROOT, 'tools/start.mjs')], { env, stdio: [...stdio] });
    this.started.push(child);
    this.guard.watch(this.started.flatMap(({ pid }) => pid ?? []));
    const printed: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    }
    const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
    return {
      process: child,
      client: new Client(urlOf('PORT')),
      metrics: async () => (await fetch(`${urlOf('INVALIDATOR_OPS_PORT')}/metrics`)).text(),
      output: () => printed.join(''),
      ended: () => ended,
    };
  }

  killAll(): void {
    for (const child of this.started) child.kill('SIGKILL');
    this.guard.dismiss();
  }
}

/** Waits until it has printed that it runs. @throws {Error} with what it printed if it ends instead */
export async function untilItRuns(run: EmbeddedRun): Promise<void> {
  await until('it runs', START_MS, () => {
    if (run.process.exitCode !== null) throw new Error(`ended early:\n${run.output()}`);
    expect(run.output()).toContain('Ctrl-C stops everything');
  });
}
