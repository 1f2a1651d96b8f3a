import type { Cache as CacheManager } from 'cache-manager';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import type { CacheEvent } from '../../src/core/events.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import { CACHE_MANAGER, CacheModule, type CacheFacade, type CacheFacadeOptions } from '../../src/nest/index.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';

/** How long a value is kept unless it is told otherwise. */
export const HOUR_MS = 3_600_000;

/** What a user of cache-manager has; that the facade fits its type is what the compiler checks here. */
@Injectable()
class Users {
  readonly manager: CacheManager;

  constructor(@Inject(CACHE_MANAGER) facade: CacheFacade) {
    this.manager = facade;
  }
}

@Module({ providers: [Users] })
class UsersModule {}

/** Processes that share a store and use it by the facade, in time that moves only when a test moves it. */
export class FacadeScene {
  nowMs = Date.now();
  /** How reads were answered, and from where. */
  reads: string[] = [];
  /** The time of every process. */
  readonly clock = { now: (): number => this.nowMs, sleep: async (): Promise<undefined> => undefined };
  readonly store = new FaultyStore(new MemoryStore({ now: this.clock.now }));
  private readonly apps: TestingModule[] = [];

  /** Starts one more process; what its module provides. */
  readonly start = async (options: Partial<CacheFacadeOptions> = {}): Promise<CacheManager> => {
    const facade = CacheModule.forCacheManager({ service: 'shop', ttlMs: HOUR_MS, ...options });
    const { store, clock, onEvent } = this;
    const app = await Test.createTestingModule({
      imports: [CacheModule.forRoot({ store, clock, onEvent }), facade, UsersModule],
    }).compile();
    await app.init();
    this.apps.push(app);
    return app.get(Users).manager;
  };

  /** Ends every process. */
  async close(): Promise<void> {
    for (const app of this.apps.splice(0)) await app.close();
  }

  private readonly onEvent = (event: CacheEvent): void => {
    if (event.type === 'read') this.reads.push(`${event.outcome} ${event.tier}`);
  };
}
