import type { Cluster, Redis } from 'ioredis';
import { isCluster } from './is-cluster.js';

/** Enough for the masters of a large Cluster to share the work, few enough for a beat of the chain to reach all of them. */
const BUCKETS = 32;

/**
 * Which names lie together. A single server is one bucket, and names are as they are. On a Cluster a name ends in a hash tag,
 * `{7}`: what is applied together with the number of a chain must be on the node that keeps that number.
 */
export class Buckets {
  private readonly count: number;

  constructor(redis: Redis | Cluster) {
    this.count = isCluster(redis) ? BUCKETS : 1;
  }

  /** The bucket that a name lies in, from 0. */
  of(name: string): number {
    return this.count === 1 ? 0 : hashOf(name) % this.count;
  }

  /** How the server knows a name. */
  place(name: string): string {
    return this.count === 1 ? name : within(name, this.of(name));
  }

  /** How the server knows a name of which every bucket has one. */
  placeIn(bucket: number, name: string): string {
    return this.count === 1 ? name : within(name, bucket);
  }

  get all(): readonly number[] {
    return Array.from({ length: this.count }, (_, bucket) => bucket);
  }

  /** The buckets that any of these names lie in. */
  ofAll(names: readonly string[]): readonly number[] {
    return this.count === 1 ? [0] : [...new Set(names.map((name) => this.of(name)))];
  }
}

function within(name: string, bucket: number): string {
  return `${name}{${bucket}}`;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
