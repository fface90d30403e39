import { deviceTypes } from '@dialect/protocol';
import { z } from 'zod';
import { confirmationSchema, deviceToken } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Registers the device for notifications. A token that was somebody else's is the caller's from now on. */
export const addDevice = defineUseCase({
  name: 'users.addDevice',
  summary: 'Register a device for push notifications',
  description: 'A token belongs to whoever registered it last. Of more devices than a user may have, the oldest goes.',
  errors: [],
  access: 'user',
  input: z.object({ fcm_token: deviceToken, device_type: z.enum(deviceTypes).default('android') }),
  output: confirmationSchema,
  rate: () => ({ burst: 20, per_second: 1 }),
  async run(input, { storage, caller, clock, limits }) {
    const { user_id } = caller;
    await storage.devices.add({ ...input, user_id, seen_at: clock.now(), max: limits.devices_per_user });
    return { message: 'The device is registered.' };
  },
});
