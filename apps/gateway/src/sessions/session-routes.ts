import { Id, SessionView } from '@larder/contracts';
import { z } from 'zod';
import { defineRoute } from '../http/route.js';

/** An account's sessions, all in one page; at most 10. */
export const SessionPage = z.object({ items: z.array(SessionView), nextCursor: z.null() });
export type SessionPage = z.infer<typeof SessionPage>;

const EXAMPLE: SessionView = {
  id: '2f4a3c1d-7a6b-4f6e-8a51-5b9f2d1c0e44',
  device: 'Mozilla/5.0 (X11; Linux x86_64)',
  createdAt: '2025-03-04T09:30:00.000Z',
  lastSeenAt: '2025-03-04T09:41:00.000Z',
  current: true,
};
const sessions = { group: 'Sessions', access: 'signed-in' } as const;

/** Everything the public interface says about an account's sessions. */
export const sessionRoutes = {
  listSessions: defineRoute({
    ...sessions,
    id: 'listSessions',
    method: 'GET',
    path: '/v1/sessions',
    summary: 'Where the account is signed in',
    success: {
      status: 200,
      description: 'Every session; never a secret.',
      body: SessionPage,
      example: { items: [EXAMPLE], nextCursor: null },
    },
    problems: [],
  }),
  revokeSession: defineRoute({
    ...sessions,
    id: 'revokeSession',
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    summary: 'End one session',
    params: z.strictObject({ id: Id }),
    success: { status: 204, description: 'It is over.', body: null },
    problems: ['SESSION_NOT_FOUND', 'REAUTHENTICATION_REQUIRED'],
  }),
  revokeSessions: defineRoute({
    ...sessions,
    id: 'revokeSessions',
    method: 'DELETE',
    path: '/v1/sessions',
    summary: 'End the other sessions, or all',
    query: z.strictObject({
      all: z.enum(['true', 'false']).optional().describe('`true` ends this session too.'),
    }),
    success: { status: 204, description: 'They are over.', body: null },
    problems: ['REAUTHENTICATION_REQUIRED'],
  }),
};
