import { protocolLimits } from '@dialect/protocol';
import { z } from 'zod';
import { mediaNamesIn } from '../domain/media-names.js';
import { id, messageSchema, seq, text } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { sendRate } from './append.js';
import { changeMessage } from './change.js';

/** Writes one's own message anew. `if_rev` makes it conditional: CONFLICT when somebody changed it since. */
export const edit = defineUseCase({
  name: 'messages.edit',
  summary: 'Edit my message',
  description: 'Only the author may. With `if_rev` only if nobody has changed it since: else CONFLICT.',
  errors: ['MESSAGE_NOT_FOUND', 'FORBIDDEN', 'BLOCKED', 'CONFLICT'],
  example: { message_id: 42, content: 'Hello, world!' },
  access: 'user',
  input: z.object({ message_id: id, content: text(protocolLimits.content_bytes), if_rev: seq.optional() }),
  output: messageSchema,
  rate: sendRate,
  run: ({ message_id, content, if_rev = null }, context) =>
    changeMessage({ kind: 'edit_message', message_id, content, if_rev, media_names: mediaNamesIn(content) }, context),
});
