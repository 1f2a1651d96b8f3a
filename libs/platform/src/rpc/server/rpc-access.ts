import type { KeyObject } from 'node:crypto';

/** Who this service is, and the keys of those who may call it, by their names. */
export interface RpcAccess {
  readonly service: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Those of them that call on their own account. */
  readonly peers: ReadonlySet<string>;
}

/** Injection token of the {@link RpcAccess}. */
export const RPC_ACCESS = Symbol('RPC_ACCESS');
