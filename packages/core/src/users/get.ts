import { z } from 'zod';
import { MessengerError } from '../errors.js';
import { presentUsers } from '../present.js';
import { id, userSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Another's profile. */
export const getUser = defineUseCase({
  name: 'users.get',
  summary: "Another's profile",
  description: 'What everybody may see: no phone number.',
  errors: ['USER_NOT_FOUND'],
  access: 'user',
  input: z.object({ user_id: id }),
  output: userSchema,
  async run({ user_id }, context) {
    const [user] = await presentUsers(await context.storage.users.get([user_id]), context);
    if (!user) throw new MessengerError('USER_NOT_FOUND', { field: 'user_id' });
    return user;
  },
});
