import type { UpstreamAddress } from './connection.js';
import { Member, RETURN_MS } from './member.js';
import type { ShieldState } from './shield.js';
import { TransportFailure } from './transport-failure.js';

/** How long a call waits for a connection: while none has failed yet, and while they do. */
const PATIENCE_MS = 500;
const PATIENCE_IN_TROUBLE_MS = 100;

/** The processes that answer for one service, by their addresses. Calls go to the one with the fewest in flight. */
export class Upstream {
  private readonly members: readonly Member[];
  private turn = 0;

  /** `onChange` is called with its new state whenever that of a member has changed. */
  constructor(addresses: readonly UpstreamAddress[], onChange: (state: ShieldState) => void) {
    this.members = addresses.map(
      (address) =>
        new Member(address, () => {
          onChange(this.state);
        }),
    );
  }

  /** `closed` when calls to any member pass, `trying` when none but a trial does. */
  get state(): ShieldState {
    const states = this.members.map(({ state }) => state);
    return (['closed', 'trying'] as const).find((state) => states.includes(state)) ?? 'open';
  }

  /** Whether every member can be called. */
  get whole(): boolean {
    return this.members.every(({ open, state }) => open && state === 'closed');
  }

  /** The member to call next; `undefined` when no connection is open. Equals take turns. */
  pick(): Member | undefined {
    const { members } = this;
    this.turn = (this.turn + 1) % members.length;
    let [picked, least]: [Member | undefined, number] = [undefined, Infinity];
    for (let offset = 0; offset < members.length; offset += 1) {
      const member = members[(this.turn + offset) % members.length];
      if (member === undefined || member.burden >= least) continue;
      [picked, least] = [member, member.burden];
    }
    return picked;
  }

  /**
   * The member to call next, waiting up to `waitMs` for a connection that is being opened, or for a process that said that
   * it goes and may be back any moment.
   *
   * @throws {TransportFailure} `unreachable`; at once between two attempts
   */
  async connected(waitMs: number): Promise<Member> {
    await this.anyWithin(Math.min(waitMs, this.patienceMs()));
    const member = this.pick();
    if (member === undefined) throw new TransportFailure('unreachable');
    return member;
  }

  /** Ends the connections for good. */
  close(): void {
    for (const member of this.members) member.close();
  }

  private patienceMs(): number {
    if (this.members.some(({ expected }) => expected)) return RETURN_MS;
    return this.members.some(({ untroubled }) => untroubled) ? PATIENCE_MS : PATIENCE_IN_TROUBLE_MS;
  }

  private async anyWithin(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new TransportFailure('unreachable'));
      }, patienceMs);
    });
    try {
      await Promise.race([Promise.any(this.members.map((member) => member.connected())), impatience]);
    } catch (error) {
      throw error instanceof AggregateError
        ? new TransportFailure('unreachable', 0, { cause: error.errors[0] })
        : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
