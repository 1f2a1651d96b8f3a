import type { IndexEntry, SessionRecords, SessionSummary } from './records.js';

/** An index entry without a session may belong to a sign-in under way; past this age it does not. */
const ENLISTING_MS = 60_000;

/** An entry of an account's index; `summary` `null` for a session that is only about to be created. */
interface Listed {
  readonly entry: IndexEntry;
  readonly summary: SessionSummary | null;
}

/** The account's index, oldest first, without the entries of sessions that ended, as far as those that live tell the time: those are dropped from it after a minute. */
export async function surveySessions(records: SessionRecords, accountId: string): Promise<Listed[]> {
  const entries = await records.listed(accountId);
  const summaries = await records.describe(entries.map(({ sessionHash }) => sessionHash));
  const now = Math.max(0, ...summaries.map((summary) => summary?.lastSeenAt ?? 0));
  const listed = entries.map((entry, at) => ({ entry, summary: summaries[at] ?? null }));
  const isDead = ({ entry, summary }: Listed): boolean => !summary && entry.enlistedAt < now - ENLISTING_MS;
  const dead = listed.filter(isDead).map(({ entry }) => entry);
  await records.delist(accountId, dead);
  return listed.filter((each) => !isDead(each));
}

/** The oldest living sessions beyond `max`. Those that are about to be created count, and are not among them. */
export function oldestBeyond(max: number, listed: readonly Listed[]): IndexEntry[] {
  const living = listed.filter(({ summary }) => summary !== null).map(({ entry }) => entry);
  return living.slice(0, Math.max(0, listed.length - max));
}
