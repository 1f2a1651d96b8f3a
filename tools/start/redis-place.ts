import type { RedisAddress, RedisSettings } from '@larder/cache';

/** The variables that say where Redis is; any one of them is enough. */
export const REDIS_PLACES = ['REDIS_HOST', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

/** Which variable named a Redis, and where that is in words. Holds no password. */
export function placeOfRedis(settings: RedisSettings): { variable: (typeof REDIS_PLACES)[number]; where: string } {
  if (settings.cluster) {
    return { variable: 'REDIS_CLUSTER_NODES', where: `Redis Cluster at ${listed(settings.cluster)}` };
  }
  if (settings.sentinels) {
    const where = `Redis ${settings.name} under Sentinels at ${listed(settings.sentinels)}`;
    return { variable: 'REDIS_SENTINELS', where };
  }
  return { variable: 'REDIS_HOST', where: `Redis at ${listed([settings])}` };
}

function listed(addresses: readonly RedisAddress[]): string {
  return addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
}
