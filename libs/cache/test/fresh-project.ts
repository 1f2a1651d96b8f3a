import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const STEP_TIMEOUT_MS = 150_000;
/** Compiling and installing must not take the processor from tests beside this one that measure time. */
const BEHIND_OTHER_TESTS = 5;
const COMPILER = fileURLToPath(new URL('./compile-with-cache.mjs', import.meta.url));

/** npm's own caches are shared with the user; nothing of the npm that runs these tests is. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_(cache|registry|userconfig)$)|NODE_ENV$)/.test(name),
    ),
  ),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_loglevel: 'error',
};

/** Why npm cannot install anything here, `null` when it can. Asks the registry for one small document. */
export async function registryProblem(): Promise<string | null> {
  const args = ['view', 'cockatiel', 'version', '--prefer-online', '--fetch-retries=0', '--fetch-timeout=10000'];
  try {
    await run('npm', args, { env: ENVIRONMENT, timeout: 20_000 });
    return null;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    return `npm cannot reach its registry: ${/npm error code (\S+)/.exec(stderr)?.[1] ?? 'no answer'}`;
  }
}

/** A project in a folder of its own, as a team would begin it. */
export class FreshProject {
  constructor(readonly dir: string) {}

  /** Writes files by their paths in the project; objects as JSON. */
  async write(files: Readonly<Record<string, string | object>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.dir, path)), { recursive: true });
      await writeFile(join(this.dir, path), typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  /** Runs a shell script in the project's folder, to its first failing command. @throws {Error} with what it printed */
  async shell(script: string): Promise<string> {
    return this.execute('sh', ['-ec', script]);
  }

  /** Compiles with the project's own TypeScript, and checks the cache's declarations too. @throws {Error} with the findings */
  async compile(config = 'tsconfig.json'): Promise<void> {
    await this.node(COMPILER, config);
  }

  /** What a program prints on stdout. @throws {Error} with what it printed, if it fails */
  async node(...args: string[]): Promise<string> {
    return this.execute(process.execPath, args);
  }

  private async execute(command: string, args: readonly string[]): Promise<string> {
    try {
      const running = run(command, args, { cwd: this.dir, env: ENVIRONMENT, timeout: STEP_TIMEOUT_MS });
      if (running.child.pid !== undefined) setPriority(running.child.pid, BEHIND_OTHER_TESTS);
      return (await running).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${[command, ...args].join(' ')} in ${this.dir}\n${stdout}${stderr}`, { cause: error });
    }
  }
}
