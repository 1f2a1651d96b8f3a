/** What one `mset` sets; `ttl` in milliseconds. */
export interface FacadeEntry<Value> {
  key: string;
  value: Value;
  ttl?: number;
}

/** A TTL in milliseconds, or how to tell it from the value; `0` is as long as can be, 30 days. */
export type Ttl<Value> = number | ((value: Value) => number);

/** What `wrap` takes, as in cache-manager; `refreshThreshold` is not heeded. */
export interface WrapOptions<Value> {
  ttl?: Ttl<Value> | undefined;
  refreshThreshold?: Ttl<Value>;
}
