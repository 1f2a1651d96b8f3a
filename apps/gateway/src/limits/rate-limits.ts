import { LRUCache } from 'lru-cache';
import { Settlements, type Account, type Outcomes } from './settlements.js';
import type { PolicyName, Quotas, SharedCounts } from './shared-counts.js';
import { Usage, WINDOW_MS } from './usage.js';

/** Clients that are known at once; of those that were not heard of for the longest this process forgets what they used. */
const MAX_CLIENTS = 50_000;
/** A client that has used so much of a limit since the shared count was told is settled with at once. */
const SETTLED_SHARE = 0.02;

const ALL = ['requests'] as const;
const BOTH = ['requests', 'changes'] as const;

type Client = Readonly<Record<PolicyName, Account>>;

/** Whether a request is let through, and what its answer says of the limits. */
export interface RateDecision {
  /** The limit that is used up, and in how many seconds it is not any more; `null` for a request that is let through. */
  readonly refused: { readonly policy: PolicyName; readonly retryAfterSeconds: number } | null;
  /** The RateLimit-Policy field, the same for every request. */
  readonly policyField: string;
  /** The RateLimit field: what is left, and until when. */
  readonly field: string;
}

/**
 * Limits on what one client may ask for in a minute, of all gateways together. It is decided at once, by what the shared
 * count said last and what this process let through since; the shared count is told in the background. So a client that
 * uses several gateways may exceed a limit by what the others let through between two settlements: 2 % of it each, or what
 * comes in a quarter of a second if that is less, and in the time that Redis takes to answer. Without Redis each gateway
 * counts for itself.
 */
export class RateLimits {
  /** Requests that were let through, and that were refused by the limit on all or on changes. */
  readonly decided: Record<'allowed' | PolicyName, number> = { allowed: 0, requests: 0, changes: 0 };
  private readonly clients = new LRUCache<string, Client>({ max: MAX_CLIENTS });
  private readonly settlements: Settlements | null;
  private readonly policyField: string;

  /** @param nowMs  a monotonic clock, in milliseconds */
  constructor(
    private readonly quotas: Quotas,
    counts: SharedCounts | null,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const seconds = WINDOW_MS / 1_000;
    this.policyField = `"requests";q=${quotas.requests};w=${seconds}, "changes";q=${quotas.changes};w=${seconds}`;
    this.settlements = counts === null ? null : new Settlements(counts, nowMs);
  }

  /** How settlements went; both 0 without a shared count. */
  get outcomes(): Outcomes {
    return this.settlements?.outcomes ?? { shared: 0, alone: 0 };
  }

  /** Settlements that are due or under way; for long only when Redis is slow. */
  get backlog(): number {
    return this.settlements?.backlog ?? 0;
  }

  /** Decides on a request of a client, and counts it if it is let through. */
  decide(name: string, isChange: boolean): RateDecision {
    const nowMs = this.nowMs();
    const client = this.known(name);
    const left = {
      requests: client.requests.usage.left(this.quotas.requests, nowMs),
      changes: client.changes.usage.left(this.quotas.changes, nowMs),
    };
    const policy = usedUp(left, isChange);
    if (policy === null) this.spend(client, left, isChange);
    this.decided[policy ?? 'allowed'] += 1;
    const requestsEnd = client.requests.usage.endsInSeconds(nowMs);
    const changesEnd = client.changes.usage.endsInSeconds(nowMs);
    return {
      refused: policy && { policy, retryAfterSeconds: policy === 'requests' ? requestsEnd : changesEnd },
      policyField: this.policyField,
      field: `"requests";r=${left.requests};t=${requestsEnd}, "changes";r=${left.changes};t=${changesEnd}`,
    };
  }

  /** Ends the settlements. */
  stop(): void {
    this.settlements?.stop();
  }

  private spend(client: Client, left: Record<PolicyName, number>, isChange: boolean): void {
    for (const policy of isChange ? BOTH : ALL) {
      client[policy].usage.spend();
      left[policy] -= 1;
      this.settlements?.owe(client[policy], Math.ceil(this.quotas[policy] * SETTLED_SHARE));
    }
  }

  private known(name: string): Client {
    const found = this.clients.get(name);
    if (found !== undefined) return found;
    const client = { requests: opened('requests', name), changes: opened('changes', name) };
    this.clients.set(name, client);
    return client;
  }
}

function usedUp(left: Quotas, isChange: boolean): PolicyName | null {
  if (left.requests === 0) return 'requests';
  return isChange && left.changes === 0 ? 'changes' : null;
}

function opened(policy: PolicyName, client: string): Account {
  return { policy, client, usage: new Usage(), state: 'even', dueMs: 0 };
}
