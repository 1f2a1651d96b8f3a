/** What a fault breaks: the store that entries are in, or the path that events take to it. One of each may be broken at a time. */
export type Lane = 'store' | 'path';

/** A fault that the laboratory can inject. */
export interface FaultKind {
  readonly lane: Lane;
  /** What happens, for people; it begins in lower case and has no full stop. */
  readonly what: string;
  /** Whether the broken part needs seconds to come back, however soon the fault ends. */
  readonly lingers?: boolean;
}

const KINDS = {
  'redis-stop': { lane: 'store', what: 'Redis is frozen (SIGSTOP): connections stay open, nothing answers' },
  'redis-kill': { lane: 'store', what: 'Redis is killed (kill -9) and comes back empty' },
  'redis-cut': { lane: 'store', what: 'all connections to Redis are cut and new ones refused' },
  'redis-black-hole': { lane: 'store', what: 'Redis does what it is told, and its answers vanish' },
  'memory-pressure': { lane: 'store', what: 'Redis has no memory left and evicts what it can' },
  promotion: {
    lane: 'store',
    what: 'a replica that missed the last events becomes the master, while the invalidator, which sent them, is killed',
  },
  'relay-stop': { lane: 'path', what: 'the catalog process that publishes events is frozen' },
  'relay-kill': { lane: 'path', what: 'the catalog process that publishes events is killed; the other one takes over' },
  'broker-stop': { lane: 'path', what: 'RabbitMQ is frozen' },
  'broker-cut': { lane: 'path', what: 'all connections to RabbitMQ are cut and new ones refused' },
  'invalidator-stop': { lane: 'path', what: 'the invalidator is frozen' },
  'invalidator-kill': { lane: 'path', what: 'the invalidator is killed and started again' },
  'broker-kill': {
    lane: 'path',
    what: 'RabbitMQ is killed and started again, which takes it some seconds',
    lingers: true,
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof KINDS;

/** Every fault, by the name that `--faults` knows it by. */
export const FAULTS: Readonly<Record<FaultName, FaultKind>> = KINDS;

/** All of them, in the order of the table above. */
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** Whether there is a fault of that name. */
export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}
