import { z } from 'zod';
import { MessengerError } from '../errors.js';
import { chatSchema, clientId } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { chatName, participantIds } from './create-group.js';
import { createGroup, openPrivate } from './open-chat.js';

/** Both kinds of chat by one request, as the first Dialect had it. The caller need not name themselves. */
export const createChat = defineUseCase({
  name: 'chats.create',
  summary: 'Create a private chat or a group',
  description:
    'Both kinds by one request. A private chat needs exactly one other user, and the one that exists is the answer; a group needs a name. The caller need not be among `participant_ids`.',
  errors: ['BLOCKED', 'PRIVATE_NEEDS_ONE_OTHER', 'GROUP_FULL', 'USER_NOT_FOUND'],
  example: { chat_type: 'group', chat_name: 'Friends', participant_ids: [2, 3] },
  access: 'user',
  input: z.object({
    chat_type: z.enum(['private', 'group']),
    participant_ids: participantIds,
    chat_name: chatName.nullish(),
    client_id: clientId.optional(),
  }),
  output: chatSchema,
  async run({ chat_type, participant_ids, chat_name, client_id }, context) {
    if (chat_type === 'group') {
      if (!chat_name)
        throw new MessengerError('INVALID_INPUT', { field: 'chat_name', message: 'chat_name: is required' });
      return createGroup({ chat_name, participant_ids, client_id }, context);
    }
    const others = [...new Set(participant_ids)].filter((user_id) => user_id !== context.caller.user_id);
    const [other] = others;
    if (others.length !== 1 || other === undefined) {
      throw new MessengerError('PRIVATE_NEEDS_ONE_OTHER', { field: 'participant_ids' });
    }
    return openPrivate(other, context);
  },
});
