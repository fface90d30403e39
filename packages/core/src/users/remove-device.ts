import { z } from 'zod';
import { confirmationSchema, deviceToken } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Ends the notifications to one of the caller's devices. Tokens that are not theirs are left alone, without a word. */
export const removeDevice = defineUseCase({
  name: 'users.removeDevice',
  summary: 'Take a device off push notifications',
  description: 'A token that is not there is fine.',
  errors: [],
  access: 'user',
  input: z.object({ fcm_token: deviceToken }),
  output: confirmationSchema,
  rate: () => ({ burst: 20, per_second: 1 }),
  async run({ fcm_token }, { storage, caller }) {
    await storage.devices.remove([{ fcm_token, user_id: caller.user_id }]);
    return { message: 'The device gets no more notifications.' };
  },
});
