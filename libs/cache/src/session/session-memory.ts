import type { SessionRecords } from './records.js';
import { digestSecret } from './secret.js';
import type { Versions } from './versions.js';

/**
 * What a session's own changes made, so that it is shown nothing older afterwards. It is no secret and gives no right, so
 * a secret only has to name the session: neither method asks for a valid proof, counts as a use, or ends anything.
 *
 * @throws {SessionStoreUnavailable} from both methods
 */
export class SessionMemory {
  constructor(private readonly records: SessionRecords) {}

  /** Nothing for a secret that names no session. Reads one key. */
  async recall(secret: string | null): Promise<Versions> {
    return (await this.recallEach([secret]))[0] ?? {};
  }

  /** As {@link recall} for each of many secrets, in their order, in one round trip; for as many as one call may carry. */
  async recallEach(secrets: readonly (string | null)[]): Promise<Versions[]> {
    const hashes = secrets.map((secret) => digestSecret(secret)?.sessionHash ?? null);
    const known = hashes.filter((hash) => hash !== null);
    const recalled = known.length === 0 ? [] : await this.records.recall(known);
    let at = 0;
    return hashes.map((hash) => (hash === null ? {} : (recalled[at++] ?? {})));
  }

  /** Keeps the highest version of each name, of the latest names only; forgotten with the session. Creates no session. */
  async remember(secret: string | null, versions: Versions): Promise<void> {
    const digest = digestSecret(secret);
    if (digest !== null) await this.records.remember(digest.sessionHash, versions);
  }
}
