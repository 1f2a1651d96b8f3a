import { Account, ClaimedPassword, Email, NewPassword } from '@larder/contracts';
import { z } from 'zod';
import { defineRoute } from '../http/route.js';

const EXAMPLE: Account = {
  id: '5b0c8a52-91f0-4c5e-9a5e-0c1f7f0b2d33',
  email: 'ada@example.com',
  roles: ['customer'],
  createdAt: '2025-01-02T08:00:00.000Z',
};
const PASSWORD_EXAMPLE = 'a sentence is a good password';

const account = { group: 'Account' } as const;
const post = { ...account, method: 'POST' } as const;

/** Everything the public interface says about signing up, in and out. */
export const accountRoutes = {
  register: defineRoute({
    ...post,
    id: 'register',
    path: '/v1/auth/register',
    summary: 'Open an account',
    description: 'Answers alike for a new and for a known address.',
    access: 'anyone',
    body: z.strictObject({ email: Email, password: NewPassword }),
    bodyExample: { email: EXAMPLE.email, password: PASSWORD_EXAMPLE },
    success: { status: 202, description: 'Taken; sign in next.', body: null },
    problems: ['PASSWORD_REFUSED', 'TOO_MANY_ATTEMPTS'],
  }),
  login: defineRoute({
    ...post,
    id: 'login',
    path: '/v1/auth/login',
    summary: 'Sign in',
    description:
      'Sets the session cookie. The cart of the anonymous session joins that of the account. Sets a device cookie too: wrong ' +
      'passwords from elsewhere do not keep a device from signing in that has signed in to the account before.',
    access: 'visitor',
    body: z.strictObject({ email: Email, password: ClaimedPassword }),
    bodyExample: { email: EXAMPLE.email, password: PASSWORD_EXAMPLE },
    success: { status: 200, description: 'Signed in.', body: Account, example: EXAMPLE },
    problems: ['CREDENTIALS_REFUSED', 'TOO_MANY_ATTEMPTS'],
  }),
  logout: defineRoute({
    ...post,
    id: 'logout',
    path: '/v1/auth/logout',
    summary: 'Sign out',
    access: 'visitor',
    success: { status: 204, description: 'The session is over, if there was one.', body: null },
    problems: [],
  }),
  reauthenticate: defineRoute({
    ...post,
    id: 'reauthenticate',
    path: '/v1/auth/reauthenticate',
    summary: 'Confirm the password, for a sensitive action',
    access: 'signed-in',
    body: z.strictObject({ password: ClaimedPassword }),
    bodyExample: { password: PASSWORD_EXAMPLE },
    success: { status: 200, description: 'Confirmed; the cookie is new.', body: Account, example: EXAMPLE },
    problems: ['CREDENTIALS_REFUSED', 'TOO_MANY_ATTEMPTS'],
  }),
  changePassword: defineRoute({
    ...post,
    id: 'changePassword',
    path: '/v1/auth/password',
    summary: 'Change the password',
    description: 'Ends all other sessions of the account.',
    access: 'signed-in',
    body: z.strictObject({ currentPassword: ClaimedPassword, newPassword: NewPassword }),
    bodyExample: { currentPassword: PASSWORD_EXAMPLE, newPassword: 'another sentence is even better' },
    success: { status: 204, description: 'Changed; the cookie is new.', body: null },
    problems: ['CREDENTIALS_REFUSED', 'PASSWORD_REFUSED', 'TOO_MANY_ATTEMPTS'],
  }),
  me: defineRoute({
    ...account,
    id: 'me',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who is signed in',
    access: 'signed-in',
    success: { status: 200, description: 'The account.', body: Account, example: EXAMPLE },
    problems: [],
  }),
};
