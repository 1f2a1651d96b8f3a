import { Counter, Gauge, type Registry } from 'prom-client';
import type { ShieldState } from './shield.js';
import type { TransportFailureReason } from './transport-failure.js';

const STATE_VALUES: Record<ShieldState, number> = { closed: 0, trying: 1, open: 2 };
const RETRIES = 'larder_upstream_retries_total';
const FAILURES = 'larder_upstream_failures_total';
const CIRCUIT = 'larder_upstream_circuit_state';

/** What becomes of the calls to one upstream. Without a registry it counts nothing. */
export class UpstreamMetrics {
  private readonly retries: Counter | undefined;
  private readonly failures: Counter | undefined;
  private readonly circuit: Gauge | undefined;

  constructor(
    private readonly upstream: string,
    registry: Registry | undefined,
  ) {
    if (registry === undefined) return;
    this.retries = counter(registry, RETRIES, 'Calls repeated because their connection broke', ['upstream']);
    this.failures = counter(registry, FAILURES, 'Calls without an answer, by reason', ['upstream', 'reason']);
    this.circuit = gauge(registry, CIRCUIT, 'Whether calls pass: 0 closed, 1 trying, 2 open', ['upstream']);
    this.retries.inc({ upstream }, 0);
    this.circuit.set({ upstream }, STATE_VALUES.closed);
  }

  retried(): void {
    this.retries?.inc({ upstream: this.upstream });
  }

  failed(reason: TransportFailureReason): void {
    this.failures?.inc({ upstream: this.upstream, reason });
  }

  circuitBecame(state: ShieldState): void {
    this.circuit?.set({ upstream: this.upstream }, STATE_VALUES[state]);
  }
}

/** The clients of one app share their metrics; the upstream is a label. */
function counter(registry: Registry, name: string, help: string, labelNames: string[]): Counter {
  const known = registry.getSingleMetric(name);
  return known instanceof Counter ? known : new Counter({ name, help, labelNames, registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[]): Gauge {
  const known = registry.getSingleMetric(name);
  return known instanceof Gauge ? known : new Gauge({ name, help, labelNames, registers: [registry] });
}
