/** Long enough for every command under way to fail, shorter than any way back to a server. */
const LEAVING_MS = 30;

/**
 * Says of each error whether the client is to drop its connection, because a server that cannot write is no master any
 * more. Of the commands under way that fail alike only the first says so: the client would take each for another reason
 * to disconnect, with a timer and a listener of its own.
 */
export function leaveReplica(nowMs: () => number = () => performance.now()): (error: Error) => boolean {
  let leftAtMs = -Infinity;
  return (error) => {
    if (!error.message.startsWith('READONLY') || nowMs() - leftAtMs < LEAVING_MS) return false;
    leftAtMs = nowMs();
    return true;
  };
}
