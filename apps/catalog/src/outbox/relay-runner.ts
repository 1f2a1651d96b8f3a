import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Publisher } from '@larder/messaging';
import { Bell } from './bell.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { PUBLISHER, RELAY_SOURCE, type RelaySource } from './outbox.tokens.js';
import { Relay } from './relay.js';

/** Runs the relay from the end of the start to the beginning of the stop. */
@Injectable()
export class RelayRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Relay');
  private readonly relay: Relay;

  constructor(
    @Inject(PUBLISHER) private readonly publisher: Publisher,
    @Inject(RELAY_SOURCE) source: RelaySource,
    bell: Bell,
    metrics: OutboxMetrics,
  ) {
    this.relay = new Relay({
      ...source,
      publisher,
      bell,
      published: (outcome, count) => {
        metrics.published.inc({ outcome }, count);
      },
      gaveUp: (count) => {
        metrics.givenUp.inc(count);
        this.logger.error(`${count} events are given up: for ten minutes some queue of a consumer has not taken them`);
      },
      interrupted: (reason) => {
        this.logger.warn(`Events wait in the outbox: ${reason}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.publisher.close();
  }
}
