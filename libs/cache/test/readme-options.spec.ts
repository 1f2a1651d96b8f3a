import { readdir, readFile } from 'node:fs/promises';
import { CACHE_DEFAULTS } from '../src/core/cache-options.js';
import {
  Cache,
  defineSpace,
  MemoryStore,
  type CacheErrorCode,
  type CacheEvent,
  type CacheOptions,
  type L1Limits,
  type ReadOptions,
  type RedisClusterSettings,
  type RedisSentinelSettings,
  type RedisServerSettings,
  type SpaceDefinition,
} from '../src/index.js';
import { SESSION_POLICY } from '../src/session/policy.js';

const textOf = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');
const readme = await textOf('../README.md');
const operations = await textOf('../../../docs/operations.md');

/** The cells of the tables under a heading, by the names in the first cell. */
function rowsUnder(heading: string): Map<string, Record<string, string>> {
  const [, ...sections] = readme.split(new RegExp(`^#+ ${heading}$`, 'm'));
  expect(sections).toHaveLength(1);
  const [section = ''] = sections[0]!.split(/^#+ /m);
  let titles: string[] = [];
  const rows = new Map<string, Record<string, string>>();
  for (const [line] of section.matchAll(/^\|(?! -).*\|$/gm)) {
    const cells = line.slice(1, -1).split(/(?<!\\)\|/);
    const names = [...cells[0]!.matchAll(/`([^`?]+)\??`/g)].map(([, name = '']) => name);
    if (names.length === 0) titles = cells.map((cell) => cell.trim());
    for (const name of names) {
      rows.set(name, Object.fromEntries(titles.map((title, column) => [title, cells[column]!.trim()])));
    }
  }
  return rows;
}

/** A number as it stands in a table; `null` for a text. */
function numberIn(cell: string | undefined): number | null {
  return cell && /^(Infinity|[\d_.]+)$/.test(cell) ? Number(cell.replaceAll('_', '')) : null;
}

type L1Name = `l1.${keyof L1Limits}`;
type OptionName = keyof SpaceDefinition<unknown> | L1Name;

/** Every option, so that the compiler finds one that is missing here. */
const SPACE_OPTIONS: Record<OptionName, true> = {
  ...{ service: true, entity: true, value: true, version: true, ttlMs: true, ttlMsOf: true, negativeTtlMs: true },
  ...{ staleMs: true, graceMs: true, earlyRefresh: true, softTimeoutMs: true, errorBackoffMs: true },
  ...{ schemaVersion: true, alsoInvalidates: true, maxValueBytes: true, serializer: true, compressAboveBytes: true },
  freshness: true,
  ...{ l1: true, 'l1.maxEntries': true, 'l1.maxBytes': true, 'l1.maxStalenessMs': true },
};
const CACHE_OPTIONS: Record<keyof CacheOptions, true> = {
  ...{ store: true, operationTimeoutMs: true, breakAfter: true, probeAfterMs: true, leaseMs: true, tombstoneMs: true },
  ...{ maxWaitMs: true, loadConcurrency: true, loadQueue: true, loadTimeoutMs: true, drainMs: true },
  ...{ maxPendingInvalidations: true, onEvent: true, clock: true, transactions: true },
};
const READ_OPTIONS: Record<keyof ReadOptions, true> = {
  ...{ tags: true, timeoutMs: true, softTimeoutMs: true, freshness: true, minVersion: true },
};
const SETTINGS: Record<keyof RedisServerSettings | keyof RedisSentinelSettings | keyof RedisClusterSettings, true> = {
  ...{ host: true, port: true, sentinels: true, name: true, sentinelUsername: true, sentinelPassword: true },
  ...{ cluster: true, username: true, password: true, tls: true, commandTimeoutMs: true, gathersCommands: true },
};
const EVENTS: Record<CacheEvent['type'], true> = {
  ...{ read: true, coalesced: true, load: true, refresh: true, fill: true, promotion: true, corrupt: true },
  ...{ uncertified: true, chain: true, settled: true },
  ...{ invalidation: true, retired: true, l1: true, operation: true, circuit: true },
};
const CODES: Record<CacheErrorCode, true> = {
  ...{ INTENT_REFUSED: true, BATCH_REFUSED: true },
  ...{ LOAD_REJECTED: true, LOAD_TIMEOUT: true, INVALIDATION_PENDING: true, INVALIDATION_LOST: true },
};

const minimal = {
  service: 'shop',
  entity: 'product',
  value: { '~standard': { validate: (value: unknown) => ({ value }) } },
  ttlMs: 1,
  l1: { maxEntries: 1, maxBytes: 1 },
};

function define(name: string, value: number): unknown {
  if (name in CACHE_DEFAULTS) return new Cache({ store: new MemoryStore(), [name]: value });
  if (name.startsWith('l1.')) return defineSpace({ ...minimal, l1: { ...minimal.l1, [name.slice(3)]: value } });
  return defineSpace({ ...minimal, [name]: name === 'alsoInvalidates' ? [value] : value });
}

/** What the smallest space has for an option that was not given. */
function defaultOf(name: string): unknown {
  const space = defineSpace(minimal);
  return name.startsWith('l1.')
    ? space.l1?.[name.slice(3) as keyof L1Limits]
    : (space as unknown as Record<string, unknown>)[name];
}

describe('the tables of the README', () => {
  it.each([
    ['Of a space', SPACE_OPTIONS],
    ['Of a cache', CACHE_OPTIONS],
    ['Of sessions', SESSION_POLICY],
    ['Reading', READ_OPTIONS],
    ['Of `connectRedis`', SETTINGS],
    ['Events and metrics', EVENTS],
  ])('%s: names everything', (heading, names) => {
    expect([...rowsUnder(heading).keys()]).toEqual(expect.arrayContaining(Object.keys(names)));
  });

  it.each(Object.keys(CODES))('says what %s is', (code) => {
    expect(readme).toContain(`\`${code}\``);
  });

  const space = [...rowsUnder('Of a space')];
  it.each(space.filter(([, row]) => numberIn(row['default']) !== null))('says the default of %s', (name, row) => {
    expect(defaultOf(name)).toBe(numberIn(row['default']));
  });

  const cache = [...rowsUnder('Of a cache')];
  it.each(cache.filter(([, row]) => numberIn(row['default']) !== null))('says the default of %s', (name, row) => {
    expect((CACHE_DEFAULTS as Record<string, unknown>)[name]).toBe(numberIn(row['default']));
  });

  it.each([...rowsUnder('Of sessions')])('says the default of %s', (name, row) => {
    expect((SESSION_POLICY as unknown as Record<string, number>)[name]).toBe(numberIn(row['default']));
  });

  const ranges = [...space, ...cache].map(([name, { range = '' }]) => [name, range] as const);
  it.each(ranges.filter(([, range]) => /^[\d._]+ (to|or more)/.test(range)))(
    'says the range of %s: %s',
    (name, range) => {
      const [min, max] = range.split(/ to | or more/).map((bound) => numberIn(bound));
      expect(() => define(name, min!)).not.toThrow();
      expect(() => define(name, min! - 1)).toThrow(RangeError);
      if (!max) return;
      expect(() => define(name, max)).not.toThrow();
      expect(() => define(name, max + 1)).toThrow(RangeError);
    },
  );

  it('leave no number of a cache out', () => {
    const numbers = Object.entries(CACHE_DEFAULTS).filter(([, value]) => typeof value === 'number');
    const told = cache.filter(([, row]) => numberIn(row['default']) !== null).map(([name]) => name);
    expect(told.sort()).toEqual(numbers.map(([name]) => name).sort());
  });
});

it('names no test and no section that is not there', async () => {
  const dirs = ['../src/core/', './'].map((dir) => readdir(new URL(dir, import.meta.url)));
  const files = (await Promise.all(dirs)).flat();
  const tests = [...readme.matchAll(/`(?:test\/)?([\w.-]+spec\.ts)`/g)].map(([, name]) => name);
  expect(tests.length).toBeGreaterThan(20);
  expect(tests.filter((name) => !files.includes(name!))).toEqual([]);
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll('`', ''));
  const anchors = [...readme.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
  const places = [...anchors, ...headings.map((title) => title.replaceAll(' ', '-'))];
  const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !places.includes(link))).toEqual([]);
});

it('grants a Redis user what the document for operators does, which the tests of topologies use', () => {
  const rights = (text: string): string[] => text.match(/^user .*$/gm) ?? [];
  const granted = rights(readme);
  expect(granted).toHaveLength(3);
  expect(granted.map((line) => line.replaceAll('shop:', 'catalog_service:'))).toEqual(rights(operations));
});
