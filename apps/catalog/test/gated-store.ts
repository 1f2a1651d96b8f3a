import type { Intent } from '@larder/cache';
import { deferred, FaultyStore } from '@larder/cache/testing';

/** A store whose next intents are placed, and answered only when the gate opens. */
export class GatedStore extends FaultyStore {
  gate: Promise<unknown> = Promise.resolve();
  placed = deferred<undefined>();

  override async intend(intents: readonly Intent[]): Promise<void> {
    await super.intend(intents);
    this.placed.resolve(undefined);
    await this.gate;
  }
}
