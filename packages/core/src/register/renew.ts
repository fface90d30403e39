import { randomUUID } from 'node:crypto';
import { nothing, tokenSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { issueToken } from './issue-token.js';

/** A fresh token of the same sign-in, for a connection that outlives the old one. */
export const renew = defineUseCase({
  name: 'auth.renew',
  summary: 'Exchange a valid token for a fresh one',
  description: 'A fresh token of the same sign-in, for a connection that outlives the old one.',
  errors: ['ACCOUNTS_OFF'],
  access: 'user',
  input: nothing,
  output: tokenSchema,
  run: (_, { accounts, clock, caller }) =>
    issueToken(accounts, clock, { user_id: caller.user_id, session_id: caller.session_id ?? randomUUID() }),
});
