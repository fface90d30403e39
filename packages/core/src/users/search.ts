import { z } from 'zod';
import { normalizePhone } from '../domain/names.js';
import { MessengerError } from '../errors.js';
import { presentUsers } from '../present.js';
import { characters, userSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

const least_characters = 3;

/** People by part of a username or name, or by a whole phone number: a part of a number finds nobody. */
export const search = defineUseCase({
  name: 'users.search',
  summary: 'Search people by name, username or full phone',
  description:
    'By part of a username or name, or by a whole phone number: a part of a number finds nobody. `query` is `q` by its other name.',
  errors: ['QUERY_TOO_SHORT'],
  example: { q: 'john', limit: 20 },
  access: 'user',
  input: z.object({
    q: characters(100).optional(),
    query: characters(100).optional(),
    limit: z.int().min(1).max(100).default(20),
    offset: z.int().min(0).max(10_000).default(0),
  }),
  output: z.array(userSchema),
  rate: () => ({ burst: 60, per_second: 5 }),
  async run({ q, query, limit, offset }, context) {
    const text = (q ?? query ?? '').trim().replace(/^@/, '');
    if ([...text].length < least_characters) throw new MessengerError('QUERY_TOO_SHORT', { field: 'q' });
    const asked = { text, phone: normalizePhone(text), viewer_id: context.caller.user_id };
    return presentUsers(await context.storage.users.search({ ...asked, limit, offset }), context);
  },
});
