import { Injectable } from '@nestjs/common';

/** `degraded`: it works, but not as it should. */
export type HealthState = 'up' | 'degraded' | 'down';

/** How a dependency is. Bounded to a second; what takes longer, or throws, counts as `down`. */
export type HealthCheck = () => Promise<HealthState>;

/** What /readyz answers with. */
export interface HealthReport {
  readonly status: HealthState;
  readonly checks: Readonly<Record<string, HealthState>>;
}

const CHECK_TIMEOUT_MS = 1_000;

/** Whether this process can do its work. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, { readonly check: HealthCheck; readonly critical: boolean }>();
  private stopping = false;

  /** Adds a dependency. A critical one that is down makes the process `down`; any other one makes it `degraded`. */
  add(name: string, check: HealthCheck, { critical }: { readonly critical: boolean }): void {
    this.checks.set(name, { check, critical });
  }

  /** From now on the process is `down`, so that no new work is sent to it. */
  stop(): void {
    this.stopping = true;
  }

  /** Asks all dependencies at once; at most a second. A process that stops asks none: whoever sends it work has to know at once. */
  async report(): Promise<HealthReport> {
    if (this.stopping) return { status: 'down', checks: {} };
    const answers = await Promise.all(
      [...this.checks].map(async ([name, { check, critical }]) => ({ name, critical, state: await ask(check) })),
    );
    const checks = Object.fromEntries(answers.map(({ name, state }) => [name, state]));
    if (answers.some(({ critical, state }) => critical && state === 'down')) {
      return { status: 'down', checks };
    }
    return { status: answers.every(({ state }) => state === 'up') ? 'up' : 'degraded', checks };
  }
}

async function ask(check: HealthCheck): Promise<HealthState> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<HealthState>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, 'down');
  });
  try {
    return await Promise.race([check(), tooLate]);
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
