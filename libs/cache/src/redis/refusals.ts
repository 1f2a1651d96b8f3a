import { StoreRefusal } from '../core/errors.js';

/** Replies of a server that can do nothing for us now, or is not the one to ask. */
const UNABLE = new Set([
  ...['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'MOVED', 'ASK', 'TRYAGAIN'],
  ...['BUSY', 'NOAUTH', 'WRONGPASS'],
]);

/** As `run`, but a reply that refuses what was asked, and nothing else, comes as a {@link StoreRefusal}. */
export function refusing<Args extends unknown[], Result>(
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) =>
    run(...args).catch((error: unknown) => {
      throw refusalOf(error);
    });
}

/** The client's own errors, and those of something between it and Redis, which has no codes, pass unchanged. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  const [code] = /^[A-Z]+(?= )/.exec(error.message) ?? [];
  if (code === undefined || UNABLE.has(code)) return error;
  return new StoreRefusal(error.message.replace(/, with args beginning with.*/s, ''), { cause: error });
}
