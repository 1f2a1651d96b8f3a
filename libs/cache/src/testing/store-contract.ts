import { describeChains } from './chain-contract.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';
import { describeFeed } from './feed-contract.js';
import { describeInspection } from './inspection-contract.js';
import { describeIntents } from './intent-contract.js';
import { describeInvalidations } from './invalidation-contract.js';
import { describeLeases } from './lease-contract.js';
import { describeRefreshing } from './refresh-contract.js';
import { describeWrites } from './write-contract.js';

const PARTS = [
  describeLeases,
  describeRefreshing,
  describeWrites,
  describeInspection,
  describeInvalidations,
  describeIntents,
  describeChains,
  describeFeed,
];

/** Everything a `Store` must do, as tests to run on any implementation. */
export function describeStore(name: string, subject: () => ContractSubject, framework: ContractFramework): void {
  for (const describePart of PARTS) describePart(name, subject, framework);
}
