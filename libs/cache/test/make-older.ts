import type { Redis } from 'ioredis';

/** Makes everything that one server stores `ms` older: time fields, index scores, remaining lives. */
export async function makeOlder(redis: Redis, ms: number): Promise<void> {
  for (const key of await redis.keys('*')) {
    if ((await redis.type(key)) === 'zset') {
      for (const member of await redis.zrange(key, 0, -1)) await redis.zincrby(key, -ms * 1_000, member);
    } else {
      const fields = Object.keys(await redis.hgetall(key));
      const times = ['created', 'seen', 'issued', 'signed_in', 'verified', 'previous_until', 'earlier_until'];
      const dated = fields.filter((field) => times.includes(field) || field.startsWith('merge:'));
      for (const field of dated) await redis.hincrby(key, field, -ms);
    }
    await redis.pexpire(key, (await redis.pttl(key)) - ms);
  }
}
