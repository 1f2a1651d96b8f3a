/** Versions of things, integers >= 1, by the names of the things; names without spaces and `=`. */
export type Versions = Readonly<Record<string, number>>;

const MEMBER = /([^ =]+)=(\d+)/g;

/** Reads the field `versions` of a session, `name=version name=version`; none without the field. */
export function versionsOf(field: string | number | null | undefined): Versions {
  const members = String(field ?? '').matchAll(MEMBER);
  return Object.fromEntries([...members].map(([, name = '', version]) => [name, Number(version)]));
}

/** `kept` and `added` together, the highest version of each name; of more than `max` names the last ones, in the order of their last addition. */
export function withVersions(kept: Versions, added: Versions, max: number): Versions {
  const merged = new Map(Object.entries(kept));
  for (const [name, version] of Object.entries(added)) {
    const highest = Math.max(version, merged.get(name) ?? 0);
    merged.delete(name); // to stand last
    merged.set(name, highest);
  }
  return Object.fromEntries([...merged].slice(-max));
}
