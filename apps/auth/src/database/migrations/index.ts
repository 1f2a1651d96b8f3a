import { Accounts1700000000001 } from './1700000000001-accounts.js';

/** The steps that bring any older schema up to date, oldest first. A step that has been released never changes. */
export const MIGRATIONS = [Accounts1700000000001];
