import type { RelayParts } from './relay.js';

/** The `Publisher` that events leave by. */
export const PUBLISHER = Symbol('PUBLISHER');

/** The {@link RelaySource} of the relay. */
export const RELAY_SOURCE = Symbol('RELAY_SOURCE');

/** What the relay takes events from: the database that holds the outbox, and the time of the cache. */
export type RelaySource = Pick<RelayParts, 'databaseUrl' | 'now'>;
