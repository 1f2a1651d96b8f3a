const LOOK_EVERY_MS = 50;
/** Whoever does not answer by then is not ready: a gateway takes a second at most. */
const LOOK_TIMEOUT_MS = 2_000;

/** A gateway: where it serves, and where it tells how it is. */
export interface Backend {
  readonly url: string;
  readonly operations: string;
}

/** Shares requests out among the gateways that are ready, as a load balancer does: it asks each for /readyz every 50 ms. */
export class Balancer {
  private readonly ready = new Set<Backend>();
  private readonly looking = new Set<Backend>();
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  constructor(private readonly backends: readonly Backend[]) {
    for (const backend of backends) this.ready.add(backend);
    this.timer = setInterval(() => {
      for (const backend of backends) void this.look(backend);
    }, LOOK_EVERY_MS);
  }

  /** The gateway whose turn it is; all take turns while none is ready. */
  next(): string {
    const ready = this.backends.filter((backend) => this.ready.has(backend));
    const candidates = ready.length > 0 ? ready : this.backends;
    this.turn += 1;
    return candidates[this.turn % candidates.length]!.url;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(backend: Backend): Promise<void> {
    if (this.looking.has(backend)) return;
    this.looking.add(backend);
    const isReady = await fetch(`${backend.operations}/readyz`, { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) }).then(
      ({ ok }) => ok,
      () => false,
    );
    this.looking.delete(backend);
    if (isReady) this.ready.add(backend);
    else this.ready.delete(backend);
  }
}
