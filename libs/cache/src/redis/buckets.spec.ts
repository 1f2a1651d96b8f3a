import { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { certificateKey, chainKey, generationOf, serviceOf } from '../core/key.js';
import { defineSpace } from '../core/define-space.js';
import { tag } from '../core/tag.js';
import { Buckets } from './buckets.js';

const one = new Buckets(new Redis({ lazyConnect: true }));
const cluster = new Buckets(new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true }));

const rows = defineSpace({ service: 'shop', entity: 'row', value: z.string(), ttlMs: 1, schemaVersion: 2 });
const ODD_IDS = ['1', 'a b', '{7}', '}{', '{}', '#', 'ü', 'x'.repeat(200)];
const names = [
  ...ODD_IDS.map(rows.key),
  ...ODD_IDS.map((id) => tag('shop', 'tag', id)),
  ...[rows.generation, chainKey('shop'), certificateKey('shop')],
];

/** What decides where a Cluster puts a key, as Redis says: what is between the first `{` and the first `}` after it. */
function slotPartOf(place: string): string {
  const from = place.indexOf('{');
  const to = place.indexOf('}', from + 1);
  return from === -1 || to <= from + 1 ? place : place.slice(from + 1, to);
}

describe('on a single server', () => {
  it('names are as they are, and lie together', () => {
    for (const name of names) expect([one.place(name), one.of(name)]).toEqual([name, 0]);
    expect(one.placeIn(0, 'shop:chain')).toBe('shop:chain');
    expect([one.all, one.ofAll(names), one.ofAll([])]).toEqual([[0], [0], [0]]);
  });
});

describe('on a Cluster', () => {
  it('a name lies with all others of its bucket, whatever its id is', () => {
    for (const name of names) {
      const bucket = cluster.of(name);
      expect(slotPartOf(cluster.place(name))).toBe(String(bucket));
      expect(slotPartOf(cluster.placeIn(bucket, 'shop:chain'))).toBe(String(bucket));
    }
  });

  it('no two names have one place, and each begins with its name', () => {
    const places = names.map((name) => cluster.place(name));
    expect(new Set(places).size).toBe(names.length);
    places.forEach((place, index) => {
      expect(place.startsWith(names[index]!)).toBe(true);
    });
  });

  it('a place tells the service and the generation of its key, as its name does', () => {
    for (const id of ODD_IDS) {
      const place = cluster.place(rows.key(id));
      expect([serviceOf(place), generationOf(place)]).toEqual(['shop', rows.generation]);
    }
  });

  it('every bucket is used, about as often as the others', () => {
    const counts = new Map<number, number>();
    for (let id = 0; id < 3_200; id++) {
      const bucket = cluster.of(rows.key(String(id)));
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(cluster.all);
    expect(Math.max(...counts.values())).toBeLessThan(200);
  });

  it('names the buckets of several names once', () => {
    const [first = '', second = ''] = names;
    expect(cluster.ofAll([first, first])).toEqual([cluster.of(first)]);
    expect(new Set(cluster.ofAll([first, second]))).toEqual(new Set([cluster.of(first), cluster.of(second)]));
  });
});
