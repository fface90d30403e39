import { z } from 'zod';
import { usernameKey } from '../domain/names.js';
import { MessengerError } from '../errors.js';
import { characters, username as schema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Is the name free? The filter answers first; the storage is asked only when the filter says "perhaps taken". */
export const checkUsername = defineUseCase({
  name: 'users.checkUsername',
  summary: 'Is this username free?',
  description:
    'Names are compared without regard to case and to a leading `@`. What is free now may be taken a moment later: only the registration decides.',
  errors: ['USERNAME_TOO_SHORT', 'ACCOUNTS_OFF'],
  access: 'anyone',
  input: z.object({ username: characters(100) }),
  output: z.object({ is_available: z.boolean() }),
  async run({ username }, { accounts, storage }) {
    const key = usernameKey(username);
    if (key.length < 3) throw new MessengerError('USERNAME_TOO_SHORT', { field: 'username' });
    // Nobody has such a name, and nobody can have it.
    if (!schema.safeParse(username).success) return { is_available: false };
    if (!accounts.usernames.mayContain(key)) return { is_available: true };
    return { is_available: !(await storage.users.isUsernameTaken(key)) };
  },
});
