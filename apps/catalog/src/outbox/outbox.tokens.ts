/** The `Publisher` that events leave by. */
export const PUBLISHER = Symbol('PUBLISHER');

/** The URL of the database that holds the outbox: the relay has a connection of its own. */
export const RELAY_DATABASE = Symbol('RELAY_DATABASE');
