/**
 * The protocol of a service's chain: each batch of changes names the number that it follows and a higher one that it ends at,
 * and a store remembers how far it has applied them. A store that a failover has sent back in time stands at a lower number, so
 * the next batch shows what it lacks; one that knows more than a restored source ever had stands between the two.
 */

/** The place of a batch in the chain: it applies on a store that stands at `after`, which then stands at `upTo`. Equal: a beat, that changes nothing. */
export interface Link {
  readonly after: number;
  readonly upTo: number;
}

/**
 * What came of a link. `applied`: the store stands at its end. `duplicate`: it stood there, or beyond, already. `gap`: the changes
 * after `at` are missing, or `at` is no number that the source has given. `unknown`: the store does not know where it stands, so nobody can tell what it lacks.
 */
export type LinkAnswer =
  { readonly kind: 'applied' | 'unknown' } | { readonly kind: 'duplicate' | 'gap'; readonly at: number };

/** LINK: whether a batch is the next for a store that stands `at`; `null`: it does not know. */
export function link(at: number | null, { after, upTo }: Link): LinkAnswer {
  if (at === null) return { kind: 'unknown' };
  if (at === after) return { kind: 'applied' };
  return upTo <= at ? { kind: 'duplicate', at } : { kind: 'gap', at };
}
