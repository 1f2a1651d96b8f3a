/**
 * The session generation of each account, kept where no failover of the session store can lose it. A revocation raises
 * it; a session that signed in under a lower one is over, whatever the session store says.
 */
export abstract class Generations {
  /** `null` if there is no such account. */
  abstract current(accountId: string): Promise<number | null>;

  /** Raises it by one and answers the new one; `null` if there is no such account. */
  abstract raise(accountId: string): Promise<number | null>;
}
