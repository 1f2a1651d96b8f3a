export type { ContractFramework, ContractSubject } from './contract-subject.js';
export { deferred, type Deferred } from './deferred.js';
export { FaultyStore, StoreFailure, type FaultScope, type StoreFault, type StoreOperation } from './faulty-store.js';
export { ManualClock } from './manual-clock.js';
export { describeStore } from './store-contract.js';
export { turns } from './turns.js';
