import { ROUTES } from '../../apps/gateway/src/routes.js';
import { as, NOBODY, type Attack, type Row } from './attack.js';
import { sessionOf } from './cookies.js';
import { requestTo } from './routes.js';

const CHALLENGE = { 'www-authenticate': 'Cookie realm="larder", cookie-name="__Host-sid"' };
const end = (id: string): Attack => ({ method: 'DELETE', path: `/v1/sessions/${id}` });

/** What is not theirs to do, or to see. */
export const AUTHORISATION: readonly Row[] = [
  ...ROUTES.filter(({ access }) => access === 'signed-in' || access === 'editor').map((route): Row => [
    `${route.id} by nobody`,
    ...([requestTo(route), 401, 'session-required', CHALLENGE] as const),
  ]),
  ...ROUTES.filter(({ access }) => access === 'editor').map((route): Row => [
    `${route.id} by a customer`,
    ...([as('customer', requestTo(route)), 403, 'not-allowed'] as const),
  ]),
  ["the end of another account's session", as('neighbour', end(sessionOf('customer'))), 404, 'session-not-found'],
  ["the end of an editor's session by a customer", as('customer', end(sessionOf('editor'))), 404, 'session-not-found'],
  ["the end of a customer's session by an editor", as('editor', end(sessionOf('customer'))), 404, 'session-not-found'],
  ['the end of a session that nobody has', as('customer', end(NOBODY)), 404, 'session-not-found'],
  ['the end of a session without an id', as('customer', end('current')), 400, 'bad-input', 'path id'],
];
