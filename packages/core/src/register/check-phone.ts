import { z } from 'zod';
import { normalizePhone } from '../domain/names.js';
import { MessengerError } from '../errors.js';
import { characters } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/**
 * Has somebody registered with this number? Dialect's clients ask, to show the sign-in or the registration. It tells no
 * more than a registration does, which refuses a number that is taken.
 */
export const checkPhone = defineUseCase({
  name: 'auth.checkPhone',
  summary: 'Is this phone number registered?',
  description: 'Tells whether to show the sign-in or the registration. The number may be written in any common way.',
  errors: ['PHONE_INVALID', 'ACCOUNTS_OFF'],
  access: 'anyone',
  input: z.object({ phone_number: characters(100) }),
  output: z.object({ exists: z.boolean() }),
  async run({ phone_number }, { accounts }) {
    const phone = normalizePhone(phone_number);
    if (!phone) throw new MessengerError('PHONE_INVALID', { field: 'phone_number' });
    return { exists: await accounts.phones.isTaken(phone) };
  },
});
