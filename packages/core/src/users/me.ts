import { meToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import { presentUser } from '../present.js';
import { meSchema, nothing } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** The caller's own profile. */
export const me = defineUseCase({
  name: 'users.me',
  summary: 'My profile',
  description:
    'The caller as others see them, with what only they see on top: the phone number and the id that the host knows them by.',
  errors: [],
  access: 'user',
  input: nothing,
  output: meSchema,
  async run(_, context) {
    const { storage, caller } = context;
    const [row] = await storage.users.get([caller.user_id]);
    if (!row) throw new MessengerError('UNAUTHORIZED');
    const phone = await storage.credentials.lookupOf(row.id, 'phone');
    return meToWire(presentUser(row, context), row, phone);
  },
});
