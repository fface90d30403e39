import { type Id, type Message, protocolLimits } from '@dialect/protocol';
import { type ChatSync, type ChatSyncHooks, createChatSync } from './chat-sync.js';
import { newClientId } from './client-id.js';
import { createMessageList } from './message-list.js';
import type { Operation, Outbox } from './outbox.js';
import { derived } from './readable.js';
import { createSent } from './sent.js';
import type { Timers } from './timers.js';
import type { ChatHandle, ChatState, Client, SendInput } from './types.js';
import { createTyping, type TypingState } from './typing.js';

export interface ChatHooks {
  sync: ChatSyncHooks;
  timers: Timers;
  outbox: Outbox;
  call: Client['call'];
  me(): Id | null;
  sayTyping(is_typing: boolean): void;
  sayRead(seq: number): void;
}

/** A chat as the client holds it: the app gets `handle`. */
export interface ChatEntry {
  handle: ChatHandle;
  sync: ChatSync;
  typing: TypingState;
  /** Tells whoever looks that the state has moved. */
  invalidate(): void;
  /** Only the outbox has moved. */
  invalidateMessages(): void;
}

export function createChat(id: Id, hooks: ChatHooks): ChatEntry {
  const { timers, outbox, call, me } = hooks;
  const sync = createChatSync(id, timers, hooks.sync);
  const { data } = sync;
  const typing = createTyping(timers, hooks.sayTyping);
  const messages = createMessageList({
    data,
    me,
    pending: () => outbox.of(id),
    load: () => sync.request(),
    history: (before_seq, limit) => call('messages.history', { chat_id: id, before_seq, limit, with_system: true }),
  });
  const state = derived<ChatState>(() => stateOf(sync));

  function markRead(upTo?: Id): void {
    const seq = upTo === undefined ? data.last_seq : data.window.rows.findLast((row) => row.id === upTo)?.seq;
    // Not loaded: the server knows its number, and tells every device of mine.
    if (seq === undefined) void call('messages.markRead', { chat_id: id, message_id: upTo }).catch(() => {});
    if (seq === undefined || seq <= data.read_seq) return;
    const user_id = me();
    if (user_id !== null) data.applyMark({ type: 'message_read', user_id, seq });
    data.read_seq = seq;
    hooks.sayRead(seq);
    invalidate();
  }

  function invalidate(): void {
    state.invalidate();
    messages.invalidate();
  }

  const handle: ChatHandle = {
    id,
    state,
    messages: messages.list,
    typing: typing.typing,
    send(message) {
      const given = typeof message === 'string' ? { content: message } : message;
      const input: SendInput = { ...given, chat_id: id, client_id: given.client_id ?? newClientId() };
      typing.sent();
      const operation: Operation = outbox.add(input);
      return createSent(operation, outbox, messages.viewOf(operation));
    },
    markRead,
    addMember: async (user_id) => void (await call('chats.addMember', { chat_id: id, user_id })),
    removeMember: async (user_id) => void (await call('chats.removeMember', { chat_id: id, user_id })),
    leave: async () => {
      await call('chats.leave', { chat_id: id });
      sync.leave();
    },
  };
  return { handle, sync, typing, invalidate, invalidateMessages: messages.invalidate };
}

function stateOf({ data }: ChatSync): ChatState {
  const { chat, unread } = data;
  return {
    id: data.id,
    chat_type: chat?.chat_type ?? null,
    chat_name: chat?.chat_name ?? null,
    avatar_url: chat?.avatar_url ?? null,
    owner_id: chat?.owner_id ?? null,
    is_member: chat !== null,
    members: [...data.members.values()].filter(({ left_at }) => left_at === null),
    last_seq: data.last_seq,
    last_message: lastMessage(data.window.rows) ?? chat?.last_message ?? null,
    read_seq: data.read_seq,
    unread_count: unread,
    unread_capped: unread >= protocolLimits.unread_cap,
    muted_until: chat?.muted_until ?? null,
    created_at: chat?.created_at ?? null,
  };
}

function lastMessage(rows: readonly Message[]): Message | undefined {
  return rows.findLast(({ is_deleted, message_type }) => !is_deleted && message_type !== 'system');
}
