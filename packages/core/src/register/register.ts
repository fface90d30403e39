import { z } from 'zod';
import { normalizePhone, usernameKey } from '../domain/names.js';
import { meToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import { presentUser } from '../present.js';
import { characters, meSchema, name, username as usernameSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

const phone = z.string().transform((value, context) => {
  const normal = normalizePhone(value);
  if (normal) return normal;
  context.addIssue({ code: 'custom', message: 'must be a phone number: 7 to 15 digits, with or without +' });
  return z.NEVER;
});

/** Creates an account. Both body forms of the seeds: `phone` is `phone_number`, and a username can stand for the name. */
export const register = defineUseCase({
  name: 'auth.register',
  summary: 'Create an account',
  description:
    'Body forms of both Dialect versions: `phone` is `phone_number`, and a username can stand for the first name. The number and the username are compared in their normal forms.',
  errors: ['PHONE_TAKEN', 'USERNAME_TAKEN', 'ACCOUNTS_OFF'],
  example: { phone_number: '+79991234567', password: 'SecurePass123!', username: 'john_doe' },
  access: 'anyone',
  input: z
    .object({
      phone_number: phone.optional(),
      phone: phone.optional(),
      /** NIST SP 800-63B and OWASP ASVS 6.2: at least 8, long ones allowed, no rules of composition. */
      password: characters(1024).min(8),
      username: usernameSchema.nullish(),
      first_name: name(100).min(1).nullish(),
      last_name: name(100).nullish(),
      public_key: characters(4096).nullish(),
    })
    .superRefine((input, context) => {
      if (!input.phone_number && !input.phone) {
        context.addIssue({ code: 'custom', path: ['phone_number'], message: 'is required' });
      }
      if (!input.username && !input.first_name) {
        context.addIssue({ code: 'custom', path: ['username'], message: 'is required unless first_name is given' });
      }
    }),
  output: meSchema,
  async run(input, context) {
    const { storage, accounts, clock } = context;
    const username = input.username?.replace(/^@/, '');
    const lookup = (input.phone_number ?? input.phone) as string;
    const created = await storage.users.create(
      {
        ...(username && { username, username_key: usernameKey(username) }),
        first_name: input.first_name ?? (username as string),
        last_name: input.last_name || null,
        public_key: input.public_key ?? '',
        created_at: clock.now(),
      },
      { kind: 'phone', lookup, secret: await accounts.passwords.hash(input.password) },
    );
    if ('taken' in created) {
      throw created.taken === 'username'
        ? new MessengerError('USERNAME_TAKEN', { field: 'username' })
        : new MessengerError('PHONE_TAKEN', { field: input.phone_number ? 'phone_number' : 'phone' });
    }
    const { user } = created;
    if (user.username_key) accounts.usernames.taken(user.username_key);
    return meToWire(presentUser(user, context), user, lookup);
  },
});
