import { z } from 'zod';
import type { UserRow } from '../ports/index.js';
import { presentUsers } from '../present.js';
import { userSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Whom the caller has blocked, the latest first. */
export const blocked = defineUseCase({
  name: 'users.blocked',
  summary: 'Whom I have blocked, the latest first',
  description: 'Nobody else is told who they are.',
  errors: [],
  access: 'user',
  input: z.object({
    limit: z.int().min(1).max(100).default(50),
    offset: z.int().min(0).max(1_000_000).default(0),
  }),
  output: z.array(userSchema),
  async run({ limit, offset }, context) {
    const { storage, caller } = context;
    const ids = await storage.blocks.list({ user_id: caller.user_id, limit, offset });
    const rows = new Map((await storage.users.get(ids)).map((row) => [row.id, row]));
    return presentUsers(
      ids.map((id) => rows.get(id) as UserRow),
      context,
    );
  },
});
