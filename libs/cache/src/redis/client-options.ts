import type { RedisOptions } from 'ioredis';

/** What a client is made with, under ioredis 5 and 6: from 6 on `replyMapping` would change the types of its answers. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>;
