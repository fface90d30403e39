import type { Chat, Upload } from '@dialect/protocol';
import { z } from 'zod';
import { changeChat } from '../change-chat.js';
import type { Context } from '../context.js';
import { MessengerError } from '../errors.js';
import { presentChats } from '../present.js';
import { chatSchema, id, upload } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { exchangePicture, pictureRate } from './exchange-picture.js';

/** A PNG, JPEG or WebP of exactly 1024 x 1024 pixels and at most 5 MB; the owner of a group may. */
export const setChatAvatar = defineUseCase({
  name: 'chats.setAvatar',
  summary: 'Give a group a picture',
  description: 'A PNG, JPEG or WebP of exactly 1024 x 1024 pixels and at most 5 MB. The owner may.',
  errors: [
    ...['NOT_A_MEMBER', 'FORBIDDEN', 'CHAT_IS_PRIVATE', 'MEDIA_OFF', 'UPLOAD_EMPTY', 'UPLOAD_TOO_LARGE'],
    ...['NOT_AN_IMAGE', 'UNSUPPORTED_IMAGE', 'IMAGE_WRONG_SIZE', 'STORAGE_FULL'],
  ] as const,
  access: 'user',
  input: z.object({ chat_id: id, file: upload }),
  output: chatSchema,
  rate: pictureRate,
  run: ({ chat_id, file }, context) => setPictureOf(chat_id, file, context),
});

/** Gives a group a new picture, or with null none. */
export async function setPictureOf(chat_id: number, file: Upload | null, context: Context): Promise<Chat> {
  const { storage, caller } = context;
  // Asked before, so that whoever may not costs no decoding; the write asks again.
  const [view] = await storage.chats.views(caller.user_id, [chat_id]);
  if (!view) throw new MessengerError('NOT_A_MEMBER');
  if (view.chat.chat_type === 'private') throw new MessengerError('CHAT_IS_PRIVATE', { field: 'chat_id' });
  if (view.me.role !== 'owner') throw new MessengerError('FORBIDDEN');
  await exchangePicture('chat_avatar', file, context, (avatar_url) =>
    changeChat({ kind: 'update_chat', chat_id, avatar_url }, context),
  );
  const [chat] = await presentChats(await storage.chats.views(caller.user_id, [chat_id]), context);
  if (!chat) throw new MessengerError('NOT_A_MEMBER');
  return chat;
}
