/** Versions of things, integers >= 1, by the names of the things; names without spaces and `=`. */
export type Versions = Readonly<Record<string, number>>;

const MEMBER = /([^ =]+)=(\d+)/g;

/** Reads the field `versions` of a session, `name=version name=version`; none without the field. */
export function versionsOf(field: string | number | null | undefined): Versions {
  if (field == null || field === '') return {};
  const members = String(field).matchAll(MEMBER);
  return Object.fromEntries([...members].map(([, name = '', version]) => [name, Number(version)]));
}

/** So many names, and so many bytes of `name=version` with a space each, are remembered. */
interface Limits {
  readonly maxVersions: number;
  readonly maxVersionsBytes: number;
}

/** `kept` and `added` together, the highest version of each name; of more than fit the last ones, in the order of their last addition. */
export function withVersions(kept: Versions, added: Versions, { maxVersions, maxVersionsBytes }: Limits): Versions {
  const merged = new Map(Object.entries(kept));
  for (const [name, version] of Object.entries(added)) {
    const highest = Math.max(version, merged.get(name) ?? 0);
    merged.delete(name); // to stand last
    merged.set(name, highest);
  }
  const fitting: [string, number][] = [];
  let bytes = 0;
  for (const [name, version] of [...merged].slice(-maxVersions).reverse()) {
    bytes += Buffer.byteLength(`${name}=${version} `, 'utf8');
    if (bytes > maxVersionsBytes) break;
    fitting.push([name, version]);
  }
  return Object.fromEntries(fitting.reverse());
}
