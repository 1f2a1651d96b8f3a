import { encode } from './encode.js';
import { initial, successors } from './moves.js';
import { promises } from './promises.js';
import type { Answer, Model } from './model.js';
import type { State } from './state.js';

/** One thing that happened, and how things stood then. */
export interface Event {
  readonly label: string;
  readonly state: State;
}

/** The shortest way to a read that returns what it must not. */
export interface Violation {
  readonly events: readonly Event[];
  readonly answer: Answer;
}

export interface Exploration {
  readonly states: number;
  readonly durationMs: number;
  /** `null`: whatever happens, in whatever order, the promise holds. */
  readonly violation: Violation | null;
}

/** States between two reports of progress. */
const REPORT_EVERY = 20_000;
const NOBODY = -1;

/** How a state was reached for the first time: what happened to which other one. */
interface Ways {
  readonly parents: number[];
  readonly choices: number[];
}

/**
 * Explores breadth first all that may happen, up to the first read that breaks the promise of the configuration.
 *
 * @param onProgress told how many states were met so far
 */
export function explore(model: Model, onProgress?: (states: number) => void): Exploration {
  const startedMs = performance.now();
  const search = new Search(model, onProgress);
  const violation = search.run();
  return { states: search.states, durationMs: performance.now() - startedMs, violation };
}

class Search {
  private readonly promised: (state: State) => Answer | null;
  private readonly seen = new Set<string>();
  private readonly ways: Ways = { parents: [], choices: [] };
  private violation: Violation | null = null;

  constructor(
    private readonly model: Model,
    private readonly onProgress?: (states: number) => void,
  ) {
    this.promised = promises[model.configuration.promise];
  }

  get states(): number {
    return this.ways.parents.length;
  }

  run(): Violation | null {
    let level = [initial(this.model)];
    this.meet(level[0] as State, NOBODY, NOBODY);
    while (level.length > 0) {
      const first = this.states - level.length;
      const next: State[] = [];
      for (const [index, state] of level.entries()) {
        this.expand(state, first + index, next);
        if (this.violation !== null) return this.violation;
      }
      level = next;
    }
    return null;
  }

  private expand(state: State, number: number, next: State[]): void {
    let choice = 0;
    successors(state, this.model, (after, label, answer) => {
      const way = choice++;
      if (this.violation !== null) return;
      const isNew = this.meet(after, number, way);
      if (isNew) next.push(after);
      const wrong = wrongOf(answer) ?? (isNew ? wrongOf(this.promised(after)) : null);
      if (wrong)
        this.violation = {
          events: [...eventsTo(this.model, this.ways, number), { label: label(), state: after }],
          answer: wrong,
        };
    });
  }

  /** Whether the state is new. */
  private meet(state: State, parent: number, choice: number): boolean {
    const text = encode(state, this.model.rules.token);
    const { size } = this.seen;
    if (this.seen.add(text).size === size) return false;
    this.ways.parents.push(parent);
    this.ways.choices.push(choice);
    if (size % REPORT_EVERY === 0) this.onProgress?.(size);
    return true;
  }
}

function wrongOf(answer: Answer | null | undefined): Answer | null {
  return answer && answer.row < answer.least ? answer : null;
}

/** Goes the way to a state again, which is where the names of what happened come from. */
function eventsTo(model: Model, { parents, choices }: Ways, number: number): Event[] {
  const path: number[] = [];
  for (let at = number; (parents[at] ?? NOBODY) !== NOBODY; at = parents[at] as number)
    path.unshift(choices[at] as number);
  const events: Event[] = [];
  let state = initial(model);
  for (const wanted of path) {
    let choice = 0;
    let found: Event | null = null;
    successors(state, model, (after, label) => {
      if (choice++ === wanted) found = { label: label(), state: after };
    });
    const event = found as Event | null;
    if (event === null) throw new Error('The moves of a state are not always the same');
    events.push(event);
    state = event.state;
  }
  return events;
}
