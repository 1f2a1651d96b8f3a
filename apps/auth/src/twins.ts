import type { SessionRecords } from '@larder/cache/session';

/** In-process stand-ins for servers, for the embedded start and for tests. Each replaces the server it stands for. */
export interface AuthTwins {
  /** In place of Redis; limits on attempts are then counted in this process too. */
  readonly sessions?: SessionRecords;
}
