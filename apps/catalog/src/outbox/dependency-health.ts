import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Cache } from '@larder/cache';
import type { Publisher } from '@larder/messaging';
import { Health } from '@larder/platform';
import { PUBLISHER } from './outbox.tokens.js';

/** Reports what the catalog can do without for a while: reads go to the database, events wait in the outbox. */
@Injectable()
export class DependencyHealth implements OnModuleInit {
  constructor(
    private readonly health: Health,
    private readonly cache: Cache,
    @Inject(PUBLISHER) private readonly publisher: Publisher,
  ) {}

  onModuleInit(): void {
    this.health.add('redis', () => this.redis(), { critical: false });
    this.health.add('rabbitmq', () => Promise.resolve(this.publisher.connected ? 'up' : 'down'), { critical: false });
  }

  private async redis(): Promise<'up'> {
    await this.cache.ping();
    return 'up';
  }
}
