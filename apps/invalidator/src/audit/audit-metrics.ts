import { Counter, Gauge, type Registry } from 'prom-client';
import { AUDITED_SPACES, type CheckResult } from './expectation.js';
import { staleMs, type WorstKeys } from './worst-keys.js';

/** How long after an event was received its entry is checked, in seconds. */
export const CHECKS_AFTER_SECONDS = [0.1, 1, 10] as const;

const RESULTS: readonly CheckResult[] = ['fresh', 'stale', 'unreachable'];
const FATES = ['sampled', 'skipped', 'malformed'] as const;

/** What became of an event: its entry is checked; it is one too many; nobody can read it. */
export type EventFate = (typeof FATES)[number];

/** What an auditor shows. All series of its counters are there from the start, at 0. */
export class AuditMetrics {
  private readonly up: Gauge;
  private readonly events: Counter<'outcome'>;
  private readonly checks: Counter<'space' | 'after' | 'result'>;

  constructor(registry: Registry, worst: WorstKeys) {
    const registers = [registry];
    this.up = new Gauge({ name: 'larder_audit_up', help: 'Whether the auditor hears of events: 1 or 0', registers });
    this.events = new Counter({
      name: 'larder_audit_events_total',
      help: 'Events that the auditor heard of, by what became of them',
      labelNames: ['outcome'],
      registers,
    });
    this.checks = new Counter({
      name: 'larder_audit_checks_total',
      help: 'Looks at the entry of a sampled event, by how many seconds after it and what they found',
      labelNames: ['space', 'after', 'result'],
      registers,
    });
    showWorst(registers, worst);
    this.beginAtZero();
  }

  upChanged(up: boolean): void {
    this.up.set(up ? 1 : 0);
  }

  heard(outcome: EventFate, count = 1): void {
    this.events.inc({ outcome }, count);
  }

  checked(space: string, after: number, result: CheckResult, count = 1): void {
    this.checks.inc({ space, after, result }, count);
  }

  /** A rate of a series that is not there yet is none, so the first stale entry would go unnoticed. */
  private beginAtZero(): void {
    for (const fate of FATES) this.heard(fate, 0);
    for (const { name } of AUDITED_SPACES)
      for (const after of CHECKS_AFTER_SECONDS) for (const result of RESULTS) this.checked(name, after, result, 0);
  }
}

function showWorst(registers: Registry[], worst: WorstKeys): void {
  new Gauge({
    name: 'larder_audit_stale_seconds',
    help: 'For how long the entries that have been stale for the longest had been so when they were last looked at; at most ten',
    labelNames: ['space', 'id'],
    registers,
    collect() {
      this.reset();
      for (const key of worst.list()) {
        const { space, id } = key.expectation;
        this.set({ space: space.name, id }, staleMs(key) / 1_000);
      }
    },
  });
}
