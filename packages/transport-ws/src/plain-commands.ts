import { deleteMessage, edit, pin, ping, read, send, typing } from './commands.js';
import type { Command } from './session.js';

/** What the seeds' clients send, by `type`; a frame without one is a message (Dialect's rule). */
export const plainCommands: Readonly<Record<string, Command>> = {
  new_message: send,
  send,
  read,
  message_read: read,
  edit,
  delete: deleteMessage,
  pin,
  typing,
  ping,
};

export const plainDefault = 'new_message';
