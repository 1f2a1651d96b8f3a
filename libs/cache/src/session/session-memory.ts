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

  /** Nothing for a secret that names no session. One plain read, at the price of a look at one key. */
  async recall(secret: string | null): Promise<Versions> {
    const digest = digestSecret(secret);
    return digest === null ? {} : this.records.recall(digest.sessionHash);
  }

  /** Keeps the highest version of each name, of the latest names only; forgotten with the session. Creates no session. */
  async remember(secret: string | null, versions: Versions): Promise<void> {
    const digest = digestSecret(secret);
    if (digest !== null) await this.records.remember(digest.sessionHash, versions);
  }
}
