import { randomUUID } from 'node:crypto';
import {
  SessionMemory,
  SessionPreferences,
  SessionStore,
  type CartLine,
  type LiveSession,
  type OpenedSession,
  type SessionRecords,
  type SignIn,
} from '@larder/cache/session';

/** What the contract is run on. `advance` makes all stored times `ms` older. */
export interface SessionSubject {
  readonly records: SessionRecords;
  readonly advance: (ms: number) => Promise<void>;
  /** How many keys or records there are in all. */
  readonly size: () => Promise<number>;
}

/** In milliseconds. */
export const SECOND = 1_000;
/** In milliseconds. */
export const MINUTE = 60 * SECOND;

/** So many lines of a cart, of as many products. */
export const lines = (count: number): CartLine[] =>
  Array.from({ length: count }, (_, at) => ({ productId: `p${String(at).padStart(3, '0')}`, quantity: 1 }));

/** An account that nobody else has. */
export const account = (): SignIn => ({
  accountId: randomUUID(),
  roles: ['customer'],
  generation: 3,
  device: 'a browser',
});

/** The sessions of one test, and what every test does with them. */
export class SessionScene {
  private subject!: SessionSubject;
  store!: SessionStore;
  memory!: SessionMemory;
  preferences!: SessionPreferences;

  /** Begins a test, on what has no sessions yet. */
  begin(subject: SessionSubject): void {
    this.subject = subject;
    this.store = new SessionStore(subject.records);
    this.memory = new SessionMemory(subject.records);
    this.preferences = new SessionPreferences(subject.records);
  }

  get records(): SessionRecords {
    return this.subject.records;
  }

  /** A store on the same records in a process that ends once it has done `step`: the step counts, its answer is lost. */
  storeThatDiesAfter(step: keyof SessionRecords): SessionStore {
    const get = (records: SessionRecords, name: keyof SessionRecords) => {
      const method = records[name].bind(records) as (...args: unknown[]) => Promise<unknown>;
      if (name !== step) return method;
      return async (...args: unknown[]): Promise<never> => {
        await method(...args);
        throw new Error('died');
      };
    };
    const traps = { get: get as ProxyHandler<SessionRecords>['get'] } as ProxyHandler<SessionRecords>;
    return new SessionStore(new Proxy(this.subject.records, traps));
  }

  /** Makes all stored times `ms` older. */
  readonly advance = (ms: number): Promise<void> => this.subject.advance(ms);

  /** How many keys or records there are in all. */
  readonly size = (): Promise<number> => this.subject.size();

  /** The session of a secret, which must be live. */
  readonly live = async (secret: string | null, renew = false): Promise<LiveSession> => {
    const result = await this.store.check(secret, { renew });
    if (result.state !== 'live') throw new Error(`expected a live session, got ${result.state}`);
    return result.session;
  };

  /** What a check of a secret finds. */
  readonly stateOf = async (secret: string | null): Promise<string> =>
    (await this.store.check(secret, { renew: false })).state;

  /** Opens a session of nobody, with a line in its cart. */
  readonly anonymous = (line: CartLine = { productId: 'apple', quantity: 2 }): Promise<OpenedSession> =>
    this.store.startAnonymous('a browser', line);

  /** What is in the cart of a live session. */
  readonly cartOf = async (secret: string): Promise<CartLine[]> => this.store.readCart(await this.live(secret));
}
