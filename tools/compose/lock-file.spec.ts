import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Names = z.record(z.string(), z.string()).default({});
const LockFile = z.object({
  packages: z.record(z.string(), z.object({ dependencies: Names, optionalDependencies: Names })),
});

const { packages } = LockFile.parse(
  JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')),
);

/** Whether Node, asked from `folder`, would find `name` in one of the folders that the lock file fills. */
function isLocked(folder: string, name: string): boolean {
  if (`${folder}/node_modules/${name}`.replace(/^\//, '') in packages) return true;
  return folder !== '' && isLocked(folder.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ''), name);
}

describe('package-lock.json', () => {
  it('holds the packages of all platforms, without which npm ci refuses to install', () => {
    const missing = Object.entries(packages).flatMap(([folder, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isLocked(folder, name)),
    );
    expect(missing).toEqual([]);
  });
});
