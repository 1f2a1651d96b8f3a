/**
 * The protocol of a service's chain: its changes are numbered without gaps, and a store remembers how far it has applied
 * them. A store that a failover has sent back in time stands at a lower number, so the next batch shows what it lacks.
 */

/** The place of a batch in the chain: it applies on a store that stands at `after`, which then stands at `upTo`. Equal: a beat, that changes nothing. */
export interface Link {
  readonly after: number;
  readonly upTo: number;
}

/**
 * What came of a link. `applied`: the store stands at its end. `duplicate`: it stood there, or beyond, already. `gap`: the changes
 * after `at` are missing. `unknown`: the store does not know where it stands, so nobody can tell what it lacks.
 */
export type LinkAnswer =
  { readonly kind: 'applied' | 'unknown' } | { readonly kind: 'duplicate' | 'gap'; readonly at: number };

/** LINK: whether a batch is the next for a store that stands `at`; `null`: it does not know. */
export function link(at: number | null, { after }: Link): LinkAnswer {
  if (at === null) return { kind: 'unknown' };
  if (at === after) return { kind: 'applied' };
  return at < after ? { kind: 'gap', at } : { kind: 'duplicate', at };
}
