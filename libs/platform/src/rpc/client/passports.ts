import type { KeyObject } from 'node:crypto';
import type { Caller } from '../caller.js';
import { issuePassport, passportKey, type Passport } from '../passport.js';

/** How long a passport for nobody is used again, in milliseconds: issuing one costs more than the rest of a call's envelope. */
const REUSED_MS = 1_000;

/** What {@link Passports} takes: who calls whom, and the key of that pair. */
export interface PassportsOptions {
  readonly service: string;
  readonly upstream: string;
  readonly key: string;
}

/**
 * The passports of one service's calls to another. Those for nobody say the same for every call of a procedure, so calls
 * within a second share one; a passport for somebody is issued anew for each call.
 */
export class Passports {
  private readonly key: KeyObject;
  private readonly forNobody = new Map<string, Passport>();

  /** @throws {TypeError} for a key shorter than 32 bytes */
  constructor(private readonly options: PassportsOptions) {
    this.key = passportKey(options.key);
  }

  /** A passport for a call of the procedure with this pattern; `principal` is `null` when nobody is signed in. */
  of(pattern: string, principal: Caller | null): Passport {
    if (principal !== null) return this.issue(pattern, principal);
    const known = this.forNobody.get(pattern);
    const age = known === undefined ? Infinity : Date.now() - known.issued;
    if (known !== undefined && age >= 0 && age < REUSED_MS) return known;
    const fresh = this.issue(pattern, null);
    this.forNobody.set(pattern, fresh);
    return fresh;
  }

  private issue(pattern: string, principal: Caller | null): Passport {
    const { service, upstream: audience } = this.options;
    return issuePassport(this.key, service, { audience, pattern }, principal);
  }
}
