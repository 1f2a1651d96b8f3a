/** The schema of all tables of the auth service. */
export const SCHEMA = 'auth';
