/** A service that serves. */
export interface RunningService {
  /** Where it answers, when it listens at all: the port in use, also when the configuration said 0. */
  readonly port?: number;
  /** Stops taking work, lets what it has begun finish, and lets go of every connection. Safe to call twice. */
  close(): Promise<void>;
}
