/** What an editor wants to do to one version of a row. */
export interface VersionedChange<Changes> {
  readonly id: string;
  readonly expectedVersion: number;
  readonly changes: Changes;
}
