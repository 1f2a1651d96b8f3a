/** A strict write that is about to commit a change of `key`. `transaction` is the database's id of it, in digits. */
export interface Intent {
  readonly key: string;
  readonly transaction: string;
}

/**
 * One entry to invalidate. `version` is the row's version after the change; absent when nobody knows it. `transaction`: whose
 * {@link Intent} this ends; absent where there is none.
 */
export interface EntryInvalidation {
  readonly key: string;
  readonly version?: number;
  readonly transaction?: string;
}

/** The key under which a tag's current value is stored. Made by {@link tag} only. */
export type Tag = string & { readonly __tag: never };

/** What a change makes obsolete: entries by key and version, and tags. */
export interface Invalidation {
  readonly entries: readonly EntryInvalidation[];
  readonly tags: readonly Tag[];
}
