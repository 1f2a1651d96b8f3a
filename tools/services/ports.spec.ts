import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { freePort } from './ports.js';
import { createTempDir, removeDir } from './temp-dir.js';

describe('freePort', () => {
  const before = process.env['LARDER_TEST_DIR'];
  let dir: string;

  beforeEach(async () => {
    dir = await createTempDir('ports');
    process.env['LARDER_TEST_DIR'] = dir;
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    if (before === undefined) delete process.env['LARDER_TEST_DIR'];
    else process.env['LARDER_TEST_DIR'] = before;
    await removeDir(dir);
  });

  it('passes over a port that another process of the run was given, and its own', async () => {
    const random = jest.spyOn(Math, 'random');
    random.mockReturnValueOnce(0.5);
    const first = await freePort();
    const next = first + 1;
    await writeFile(join(dir, `port-${next}`), '');
    for (const share of [0.5, (next - 20_000 + 0.5) / 12_000]) random.mockReturnValueOnce(share);
    expect([first, next]).not.toContain(await freePort());
  });
});
