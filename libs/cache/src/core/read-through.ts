import { DeadlineExceeded, withDeadline } from './deadline.js';
import { CacheError } from './errors.js';
import type { CacheListener } from './events.js';
import type { Filler, Task } from './filler.js';
import { Flight, Flights } from './flights.js';
import type { Boarding, Landing } from './flights.js';
import type { Tag } from './invalidation.js';
import type { L1 } from './l1.js';
import { demandOfRead, type Demand } from './freshness.js';
import { freshMs } from './lifetime.js';
import type { LoadMany } from './load.js';
import type { Finding } from './finding.js';
import type { Looker, Sought } from './looker.js';
import { readOfStored, type Read, type ReadOptions } from './read.js';
import type { Space } from './space.js';

/** What one caller wants: its load, its tags, and how long it waits. Instants are of `performance.now()`. */
export interface Wish<Value> {
  readonly load: LoadMany<Value>;
  readonly tags: readonly Tag[];
  readonly demand: Demand;
  /** When a stale value at hand is to be served. */
  readonly softDeadlineMs: number;
  readonly deadlineMs: number;
}

/** What has been answered so far, by id. */
type Reads<Value> = Map<string, Read<Value | null | undefined>>;

export interface ReadThroughParts<Value> {
  readonly space: Space<Value>;
  readonly looker: Looker<Value>;
  readonly filler: Filler<Value>;
  readonly l1: L1<Value> | null;
  /** Whether a load of the key has just failed. */
  readonly holdsBack: (key: string) => boolean;
  /** Told of everything that runs in the background. */
  readonly track: (running: Promise<void>) => void;
  readonly emit: CacheListener;
}

/** After so many rounds of arriving too late for another caller's load, a read loads by itself. */
const MAX_ROUNDS = 4;

/** Answers ids from the store, and loads the others: one load per id at a time, shared by whoever asked before it began. */
export class ReadThrough<Value> {
  private readonly flights = new Flights<Value | null | undefined>();

  constructor(private readonly parts: ReadThroughParts<Value>) {}

  /** The wish behind the options of a caller that came at `startedMs`. */
  wish(load: LoadMany<Value>, options: ReadOptions | undefined, startedMs: number): Wish<Value> {
    return {
      load,
      tags: options?.tags ?? [],
      demand: demandOfRead(this.parts.space, options),
      softDeadlineMs: startedMs + (options?.softTimeoutMs ?? this.parts.space.softTimeoutMs),
      deadlineMs: options?.timeoutMs === undefined ? Infinity : startedMs + options.timeoutMs,
    };
  }

  /**
   * Adds the answer for every id of `first`, what a look has found, to `reads`; says whether all were there already,
   * which leaves them in the order of `first`. @throws as `SpaceCache.getOrSet`
   */
  async answer(first: readonly Finding<Value>[], reads: Reads<Value>, wish: Wish<Value>): Promise<boolean> {
    let findings = first;
    for (let round = 1; findings.length > 0; round++) {
      const missed = this.serve(findings, reads, wish);
      if (round === 1 && missed.length === 0) return true;
      await this.fly(missed, reads, wish, round >= MAX_ROUNDS);
      const open = missed.map(({ id }) => id).filter((id) => !reads.has(id));
      findings = open.length > 0 ? await this.parts.looker.look(open, soughtOf(wish)) : [];
    }
    return false;
  }

  /** Keeps a fresh value within the process, if the space has a tier there; a tagged one is checked against its tags at each read. */
  promote({ key, over, epoch, stored }: Finding<Value>, tags: readonly Tag[]): void {
    const { l1, space } = this.parts;
    if (l1 === null || over === undefined || stored?.stage !== 'fresh' || tags.length > 0) return;
    const { value, version, ageMs, chars: bytes } = stored;
    const loadedAtMs = performance.now() - ageMs;
    const servedUntilMs = loadedAtMs + freshMs(space, key, over, value);
    l1.keep(key, { value, version, loadedAtMs, servedUntilMs, bytes }, epoch);
  }

  /** Answers what may be served now; returns what has to be loaded first. */
  private serve(findings: readonly Finding<Value>[], reads: Reads<Value>, wish: Wish<Value>): Finding<Value>[] {
    const missed: Finding<Value>[] = [];
    const worn: Finding<Value>[] = [];
    for (const finding of findings) {
      const { id, key, stored } = finding;
      if (!stored || (stored.stage === 'grace' && !this.parts.holdsBack(key))) {
        missed.push(finding);
        continue;
      }
      reads.set(id, readOfStored(stored));
      if (stored.stage === 'fresh') this.promote(finding, wish.tags);
      else if (stored.stage !== 'grace') worn.push(finding);
    }
    this.refresh(worn, wish.load);
    return missed;
  }

  /** Loads in the background what is still served, unless somebody does already. */
  private refresh(worn: readonly Finding<Value>[], load: LoadMany<Value>): void {
    const tasks: Task<Value>[] = [];
    for (const finding of worn) {
      const { key, stored } = finding;
      if (stored?.loading !== false || this.parts.holdsBack(key)) continue;
      const { role, flight } = this.flights.board(key);
      if (role !== 'leads') continue;
      this.parts.emit({
        type: 'refresh',
        space: this.parts.space.name,
        reason: stored.stage === 'early' ? 'early' : 'stale',
      });
      tasks.push({ ...finding, flight, background: true });
    }
    if (tasks.length > 0) this.parts.track(this.parts.filler.lead(tasks, load));
  }

  /** Leads or joins a flight for each id and notes what came of it; an id that came too late is left open. */
  private async fly(
    missed: readonly Finding<Value>[],
    reads: Reads<Value>,
    wish: Wish<Value>,
    alone: boolean,
  ): Promise<void> {
    const boardings = missed.map((finding) => ({ finding, ...this.board(finding.key, alone) }));
    const led = boardings
      .filter(({ role }) => role === 'leads')
      .map(({ finding, flight }) => ({ ...finding, flight, fillable: finding.fillable && !alone, background: false }));
    if (led.length > 0) this.parts.track(this.parts.filler.lead(led, wish.load));
    await Promise.all(
      boardings.map(async (boarding) => {
        const read = await this.land(boarding.finding, boarding, wish);
        if (read) reads.set(boarding.finding.id, read);
      }),
    );
  }

  private board(key: string, alone: boolean): Boarding<Value | null | undefined> {
    return alone ? { role: 'leads', flight: new Flight(key, () => undefined) } : this.flights.board(key);
  }

  /** `null`: to be looked up again. A stale value at hand takes the place of a load that fails or is slow. */
  private async land(
    finding: Finding<Value>,
    boarding: Boarding<Value | null | undefined>,
    wish: Wish<Value>,
  ): Promise<Read<Value | null | undefined> | null> {
    const { stored } = finding;
    const untilMs = stored ? Math.min(wish.softDeadlineMs, wish.deadlineMs) : wish.deadlineMs;
    try {
      const landing = boarding.role === 'late' ? ended(boarding.flight) : boarding.flight.landing;
      const landed = await withDeadline(landing, untilMs - performance.now());
      return readOfLanding(landed, finding, { role: boarding.role, demand: wish.demand });
    } catch (error) {
      if (stored) return readOfStored(stored);
      if (!(error instanceof DeadlineExceeded)) throw error;
      throw new CacheError('LOAD_TIMEOUT', 'The load took longer than this read would wait', { cause: error });
    }
  }
}

/** What a look on behalf of a wish is for. It may take half of the time: what is left after it is for a load, which may well be quick. */
export function soughtOf({ tags, demand, deadlineMs }: Pick<Wish<never>, 'tags' | 'demand' | 'deadlineMs'>): Sought {
  return { tags, demand, patienceMs: (deadlineMs - performance.now()) / 2 };
}

/** What a flight's end means for one who was aboard; `null`: look again. */
function readOfLanding<Value>(
  landed: Landing<Value | null | undefined>,
  finding: Finding<Value>,
  { role, demand }: { readonly role: Boarding<never>['role']; readonly demand: Demand },
): Read<Value | null | undefined> | null {
  const shared = role === 'joins';
  switch (landed.kind) {
    case 'again':
      return null;
    case 'loaded': {
      const outcome = finding.fillable ? 'miss' : 'bypass';
      return { value: landed.value, outcome, tier: 'source', ageMs: 0, stored: landed.stored, shared };
    }
    case 'found': {
      const { stored } = landed.finding;
      const needsCertificate = demand.withinMs < Infinity; // a server that took over since the look has another
      return !shared && !needsCertificate && stored?.stage === 'fresh' ? readOfStored(stored) : null;
    }
  }
}

/** A flight that one may not share is over, one way or the other. */
async function ended<Value>(flight: Flight<Value>): Promise<Landing<Value>> {
  await flight.landing.catch(() => undefined);
  return { kind: 'again' };
}
