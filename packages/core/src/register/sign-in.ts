import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { normalizePhone } from '../domain/names.js';
import { MessengerError } from '../errors.js';
import { characters, tokenSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { issueToken } from './issue-token.js';

/** OAuth2's password form (RFC 6749, 4.3), as the Dialect seeds sign in: `username` is the phone number. */
export const signIn = defineUseCase({
  name: 'auth.signIn',
  summary: 'Sign in',
  description:
    'The password form of OAuth2 (RFC 6749, 4.3): `username` is the phone number. The answer does not say which of the two is wrong.',
  errors: ['WRONG_CREDENTIALS', 'ACCOUNTS_OFF'],
  example: { username: '+79991234567', password: 'SecurePass123!' },
  access: 'anyone',
  input: z.object({ username: characters(100).min(1), password: characters(1024).min(1) }),
  output: tokenSchema,
  async run(input, { storage, accounts, clock }) {
    const phone = normalizePhone(input.username);
    const credential = phone ? await storage.credentials.find('phone', phone) : null;
    // Also when nobody has this number: the answer must take as long, or it would tell.
    const is_right = await accounts.passwords.verify(credential?.secret ?? null, input.password);
    if (!credential || !is_right) throw new MessengerError('WRONG_CREDENTIALS');
    return issueToken(accounts, clock, { user_id: credential.user_id, session_id: randomUUID() });
  },
});
