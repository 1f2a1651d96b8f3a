/** One entry to invalidate. `version` is the row's version after the change; absent when nobody knows it. */
export interface EntryInvalidation {
  readonly key: string;
  readonly version?: number;
}

/** The key under which a tag's current value is stored. Made by {@link tag} only. */
export type Tag = string & { readonly __tag: never };

/** What a change makes obsolete: entries by key and version, and tags. */
export interface Invalidation {
  readonly entries: readonly EntryInvalidation[];
  readonly tags: readonly Tag[];
}
