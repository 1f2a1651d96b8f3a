export { deferred, type Deferred } from './deferred.js';
export { ManualClock } from './manual-clock.js';
export { describeStore, type ContractFramework, type ContractSubject } from './store-contract.js';
