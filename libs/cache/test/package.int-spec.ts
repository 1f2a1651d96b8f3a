import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDir } from '../../../tools/services/index.js';
import { filesIn, LIB, makeHome, manifest, pinned, PROJECT_TIMEOUT_MS } from './clone.js';
import { FreshProject } from './fresh-project.js';

/** The folder in which the package was made. */
let home: string;

beforeAll(async () => {
  home = await makeHome();
}, PROJECT_TIMEOUT_MS);

afterAll(() => removeDir(home));

describe('the package', () => {
  let dir: string;
  let files: string[];

  beforeAll(async () => {
    const [tarball = ''] = await readdir(join(home, 'larder/dist'));
    expect(tarball).toBe(`larder-cache-${manifest.version}.tgz`);
    await new FreshProject(home).shell(`mkdir unpacked && tar -xzf larder/dist/${tarball} -C unpacked`);
    dir = join(home, 'unpacked/package');
    files = await filesIn(dir);
  });

  it('holds what runs, its types, its scripts and the sources they were made from, and nothing else', async () => {
    const kinds = /^(package\.json|README\.md|dist\/.+\.(js|d\.ts|js\.map|d\.ts\.map|lua)|src\/.+\.ts)$/;
    expect(files.filter((file) => !kinds.test(file) || /spec\.|\/test\//.test(file))).toEqual([]);
    const sources = (await filesIn(join(LIB, 'src'))).filter((file) => !file.endsWith('spec.ts'));
    const scripts = sources.filter((file) => file.endsWith('.lua'));
    expect(scripts.length).toBeGreaterThan(10);
    expect(files).toEqual(expect.arrayContaining(scripts.map((file) => `dist/${file}`)));
    for (const file of sources.filter((each) => each.endsWith('.ts'))) {
      expect(files).toEqual(expect.arrayContaining([`src/${file}`, `dist/${file.replace(/ts$/, 'js')}`]));
    }
  });

  it('has every file that its exports name, and the types of each entry for old and new compilers', () => {
    const entries = Object.entries(manifest.exports).filter(([, entry]) => typeof entry === 'object');
    expect(entries.length).toBeGreaterThanOrEqual(5);
    for (const [name, entry] of entries) {
      const { types = '', default: code = '' } = entry as Readonly<Record<string, string>>;
      expect(files).toEqual(expect.arrayContaining([types, code].map((path) => path.replace('./', ''))));
      if (name !== '.') expect(manifest.typesVersions['*'][name.replace('./', '')]).toEqual([types]);
    }
  });

  it('maps code and types to the sources within it', async () => {
    for (const file of ['dist/core/cache.js', 'dist/core/cache.d.ts']) {
      const map = JSON.parse(await readFile(join(dir, `${file}.map`), 'utf8')) as { sources: string[] };
      expect(map.sources).toEqual(['../../src/core/cache.ts']);
    }
  });

  it('depends on what it imports, in the versions that are tested here', async () => {
    const imported = new Set<string>();
    for (const file of files.filter((each) => /^dist\/.*(\.js|\.d\.ts)$/.test(each))) {
      const text = await readFile(join(dir, file), 'utf8');
      for (const [, name = ''] of text.matchAll(/(?:from |import\(|^import )['"]((?:@[^/'"]+\/)?[^./'"][^/'"]*)/gm))
        imported.add(name);
    }
    const packages = [...imported].filter((name) => !name.startsWith('node:'));
    const declared = [manifest.dependencies, manifest.peerDependencies].flatMap((names) => Object.keys(names));
    expect(packages.sort()).toEqual(declared.sort());
    for (const [name, range] of Object.entries(manifest.dependencies)) expect(range).toBe(`^${pinned[name]}`);
  });
});
