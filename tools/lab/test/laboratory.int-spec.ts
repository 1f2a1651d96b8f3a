import { execFile, spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTempDir, until } from '../../services/index.js';
import type { RunResult } from '../run.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/tools/verify-freshness.js', import.meta.url));
const DOCUMENT = new URL('../../../docs/test-your-own-cache.md', import.meta.url);

let dir: string;

beforeAll(async () => {
  dir = await createTempDir('lab-test');
});

afterAll(() => rm(dir, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
}

function verify(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, '--html', `${dir}/report.html`, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

describe('the laboratory', () => {
  it('finds an adapter as the document shows it stale, whatever it promises, and this cache not, while Redis is frozen and killed', async () => {
    const [, example = ''] = /```js\n([\s\S]*?)```/.exec(await readFile(DOCUMENT, 'utf8')) ?? [];
    const promising = `${example.replace("'ioredis'", `'${import.meta.resolve('ioredis')}'`)}\nexport const level = 'acknowledged';`;
    await writeFile(`${dir}/own.mjs`, promising);
    const rows = ['--rows', 'larder-acknowledged,larder-strict', '--adapter', `${dir}/own.mjs`];
    const faults = ['--faults', 'redis-stop,redis-kill', '--seconds', '12'];
    const { code, output } = await verify(...rows, ...faults, '--json', `${dir}/result.json`);
    const result = JSON.parse(await readFile(`${dir}/result.json`, 'utf8')) as RunResult;
    const stale = Object.fromEntries(
      result.rows.map(({ label, findings }) => [label, findings.staleAfterAcknowledge.count > 0]),
    );
    expect(stale).toEqual({
      'our product cache': true,
      ...{ 'larder, acknowledged': false, 'larder, strict': false },
    });
    expect(result.rows.every(({ findings }) => findings.hits > 1_000)).toBe(true);
    expect(output.match(/promise kept/g)).toHaveLength(2);
    expect(output).toContain('promise broken'); // by the adapter, which says that it is acknowledged
    expect(code).toBe(1);
  }, 180_000);

  it('says which option is wrong, with the status of misuse', async () => {
    const [flood, none] = [await verify('--faults', 'flood'), await verify('--adapter', `${dir}/none.mjs`)];
    expect([flood.code, none.code]).toEqual([2, 2]);
    expect(flood.output).toContain('"flood"');
    expect(none.output).toContain('none.mjs');
  });

  it('stops what it has started when it is interrupted', async () => {
    const running = spawn(process.execPath, [PROGRAM, '--rows', 'del', '--seconds', '60'], {
      env: { ...process.env, TMPDIR: dir, LARDER_TEST_DIR: dir },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    running.stderr.on('data', (text) => (output += String(text)));
    const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
    await until('the row has begun', 90_000, () => output.includes('DEL on write'));
    running.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(output).toContain('Interrupted');
    const left = await readdir(dir);
    expect(left.filter((name) => name.startsWith('larder-'))).toEqual([]);
  }, 180_000);
});
