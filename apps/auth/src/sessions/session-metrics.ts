import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/**
 * What became of a session: how a check of a secret ended (`live`, `anonymous`, `none`, `superseded`, `replayed`,
 * `outdated` by a revocation, `unavailable`), or `started` anonymously, `signed_in`, `signed_out`, `revoked`.
 */
export type SessionResult =
  | 'live'
  | 'anonymous'
  | 'none'
  | 'superseded'
  | 'replayed'
  | 'outdated'
  | 'unavailable'
  | 'started'
  | 'signed_in'
  | 'signed_out'
  | 'revoked';

/** Counts what becomes of sessions. */
@Injectable()
export class SessionMetrics {
  private readonly sessions: Counter<'result'>;

  constructor(registry: Registry) {
    this.sessions = new Counter({
      name: 'larder_sessions_total',
      help: 'Checks of session secrets and changes of sessions, by result',
      labelNames: ['result'],
      registers: [registry],
    });
  }

  count(result: SessionResult, times = 1): void {
    this.sessions.inc({ result }, times);
  }
}
