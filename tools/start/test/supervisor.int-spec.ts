import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, removeDir, until } from '../../services/index.js';
import { Supervisor } from '../supervisor.js';

let dir: string;
let printed: string[];
let reasons: string[];
let supervisor: Supervisor;

beforeAll(async () => {
  dir = await createTempDir('supervisor');
});

beforeEach(() => {
  printed = [];
  reasons = [];
  supervisor = new Supervisor(
    (line) => printed.push(line),
    (reason) => reasons.push(reason),
  );
});

afterEach(() => supervisor.stop());
afterAll(() => removeDir(dir));

async function start(name: string, source: string): Promise<void> {
  const file = join(dir, `${name}.mjs`);
  await writeFile(file, source);
  supervisor.start({ name, file, env: { PATH: process.env['PATH'] } });
}

describe('Supervisor', () => {
  it('starts a program again that was killed, with its name before each line', async () => {
    await start('worker', 'console.log(process.pid); setInterval(() => {}, 1e6);');
    const pids = (): number[] =>
      printed.flatMap((line) => (line.startsWith('worker      | ') ? [Number(line.split('| ')[1])] : []));
    await until('it has started', 10_000, async () => {
      expect(pids()).toHaveLength(1);
    });
    process.kill(pids()[0]!, 'SIGKILL');
    await until('it has started again', 10_000, async () => {
      expect(pids()).toHaveLength(2);
    });
    expect(printed).toContain('worker ended (SIGKILL); starting it again');
    await supervisor.stop();
    expect(() => process.kill(pids()[1]!, 0)).toThrow();
    expect(reasons).toEqual([]);
  });

  it('gives up on a program that is misconfigured', async () => {
    await start('broken', 'process.exit(78);');
    await until('it gave up', 10_000, async () => {
      expect(reasons).toEqual(['broken is misconfigured']);
    });
  });
});
