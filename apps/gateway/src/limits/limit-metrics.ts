import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionLimits } from './connection-limits.js';
import type { RateLimits } from './rate-limits.js';

/** Shows what the limits let through and refused. The numbers are read when somebody asks, so that counting costs nothing. */
export function showLimits(registry: Registry, rates: RateLimits, connections: ConnectionLimits): void {
  const show = (name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void => {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
      },
    });
  };
  show('larder_rate_limit_total', 'Requests by what the rate limits decided', 'decision', () => ({
    allowed: rates.decided.allowed,
    refused_requests: rates.decided.requests,
    refused_changes: rates.decided.changes,
  }));
  show(
    'larder_rate_limit_settlements_total',
    'Looks at the count that all gateways share; alone: Redis did not answer',
    'outcome',
    () => rates.outcomes,
  );
  new Gauge({
    name: 'larder_rate_limit_backlog',
    help: 'Settlements with the shared count that are due or under way',
    registers: [registry],
    collect() {
      this.set(rates.backlog);
    },
  });
  show(
    'larder_http_connections_refused_total',
    'Connections closed at once, by the limit that they exceeded',
    'limit',
    () => connections.refused,
  );
}
