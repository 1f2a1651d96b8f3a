import type { EndedSession, IndexEntry, SessionSummary } from './records.js';

/** The fields that {@link readSummary} reads, in its order. */
export const SUMMARY_FIELDS = ['id', 'device', 'created', 'seen'] as const;

const MICROS_PER_MS = 1_000;

/** Reads the answer of `end.lua` and `supersede.lua`. */
export function readEnded([id, account]: readonly string[]): EndedSession | null {
  return id === undefined ? null : { id, accountId: orNull(account) };
}

/** Reads the values of {@link SUMMARY_FIELDS}; `null` if there is no such session. */
export function readSummary([id, device, created, seen]: readonly (string | null)[]): SessionSummary | null {
  if (id == null) return null;
  return { id, device: device ?? '', createdAt: Number(created), lastSeenAt: Number(seen) };
}

/** Reads members and scores of an index, `[member, score, ...]`. */
export function readEntries(reply: readonly string[]): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) {
    const [id = '', sessionHash = ''] = reply[at]?.split(':') ?? [];
    entries.push({ id, sessionHash, enlistedAt: Math.floor(Number(reply[at + 1]) / MICROS_PER_MS) });
  }
  return entries;
}

/** An absent or empty field as `null`. */
export function orNull(field: string | number | null | undefined): string | null {
  return field == null || field === '' ? null : String(field);
}
