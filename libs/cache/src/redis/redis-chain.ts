import type { Cluster, Redis } from 'ioredis';
import type { LinkAnswer } from '../core/chain-steps.js';
import type { Tag } from '../core/invalidation.js';
import { certificateKey, chainKey } from '../core/key.js';
import type { StoreBatch } from '../core/store.js';
import type { Buckets } from './buckets.js';
import * as scripts from './scripts.js';

/** The chains of services in Redis: one number and one certificate in each bucket, so that whatever a node lacks shows there. */
export class RedisChain {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly buckets: Buckets,
  ) {}

  /** Applies to every bucket what lies in it; the answer is that of the one that is furthest behind. */
  async apply(service: string, batch: StoreBatch, tombstoneMs: number): Promise<LinkAnswer> {
    const answers = await Promise.all(
      this.buckets.all.map((bucket) => this.applyIn(bucket, service, batch, tombstoneMs)),
    );
    return answers.reduce((worst, each) => (standing(each) < standing(worst) ? each : worst));
  }

  /** Where the tags are not all with every number they go first: a bucket that has its number is believed to lack nothing. */
  async restart(service: string, at: number, tags: readonly Tag[]): Promise<void> {
    const { buckets } = this;
    if (buckets.all.length > 1)
      await Promise.all(tags.map((each) => scripts.retire(this.redis, [buckets.place(each)], [])));
    const own = (bucket: number): Promise<unknown> => {
      const names = [chainKey(service), certificateKey(service)].map((name) => buckets.placeIn(bucket, name));
      const here = tags.filter((each) => buckets.of(each) === bucket).map((each) => buckets.place(each));
      return scripts.restartChain(this.redis, [...names, ...here], [at]);
    };
    await Promise.all(buckets.all.map(own));
  }

  private async applyIn(
    bucket: number,
    service: string,
    { after, upTo, asOfMs, entries, tags }: StoreBatch,
    tombstoneMs: number,
  ): Promise<LinkAnswer> {
    const { buckets } = this;
    const own = entries.filter(({ key }) => buckets.of(key) === bucket);
    const ownTags = tags.filter((each) => buckets.of(each) === bucket);
    const names = [chainKey(service), certificateKey(service)].map((name) => buckets.placeIn(bucket, name));
    const answer = await scripts.applyBatch(
      this.redis,
      [...names, ...own.map(({ key }) => buckets.place(key)), ...ownTags.map((each) => buckets.place(each))],
      [
        ...[after, upTo, asOfMs ?? '', tombstoneMs],
        ...own.flatMap(({ version, transaction }) => [version ?? '', transaction ?? '']),
      ],
    );
    const [kind, at] = answer;
    return kind === 'gap' || kind === 'duplicate' ? { kind, at: Number(at) } : { kind };
  }
}

/** How far along a bucket says that it is: one that does not know is behind all others. */
function standing(answer: LinkAnswer): number {
  switch (answer.kind) {
    case 'unknown':
      return -1;
    case 'gap':
      return answer.at;
    case 'applied':
      return Number.MAX_SAFE_INTEGER - 1;
    case 'duplicate':
      return Number.MAX_SAFE_INTEGER;
  }
}
