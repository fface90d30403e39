import { z } from 'zod';
import { chatSchema, clientId, id, name } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { createGroup } from './open-chat.js';

export const chatName = name(100).min(1);
/** A bound on the request, not on groups: how large those are is the messenger's limit, and has its own error. */
export const participantIds = z.array(id).max(10_000);

/** A group with the caller as its owner. A repeated `client_id` yields the group made first. */
export const createGroupChat = defineUseCase({
  name: 'chats.createGroup',
  summary: 'Create a group',
  description: 'A group with the caller as its owner. A repeated `client_id` yields the group that was made first.',
  errors: ['BLOCKED', 'GROUP_FULL', 'USER_NOT_FOUND'],
  example: { chat_name: 'Friends', participant_ids: [2, 3], client_id: 'g-1' },
  access: 'user',
  input: z.object({ chat_name: chatName, participant_ids: participantIds, client_id: clientId.optional() }),
  output: chatSchema,
  run: createGroup,
});
