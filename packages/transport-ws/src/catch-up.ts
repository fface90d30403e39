import type { Messenger } from '@dialect/core';
import { type Changes, type Chat, type Heads, protocolLimits } from '@dialect/protocol';
import type { Connection } from './connection.js';
import type { Hub } from './hub.js';

/** Rows in one `changes` frame of a catch-up. */
const page_size = 100;

/** What a client says it knows: the revision of each chat, and of which history of the database. */
export interface Known {
  epoch: string | undefined;
  /** Null: it knows nothing yet. */
  heads: Map<number, number> | null;
}

/** Lets the connection follow all chats of its user, without missing a join or a departure that happens meanwhile. */
export async function followChats(connection: Connection, hub: Hub, messenger: Messenger): Promise<Heads> {
  connection.dismissed = new Set();
  hub.register(connection);
  const heads = await messenger.sync.heads(connection.caller);
  for (const { chat_id, is_member } of heads.chats) {
    if (is_member && !connection.dismissed.has(chat_id)) hub.follow(connection, chat_id);
  }
  connection.dismissed = null;
  return heads;
}

/**
 * Brings a client up to date, chat by chat, with state and not with a log. The connection follows its chats (and holds
 * their events) *before* the heads are read: the other way round, a change in between would reach nobody.
 */
export async function catchUp(connection: Connection, messenger: Messenger, known: Known): Promise<void> {
  const { caller } = connection;
  const { epoch, chats } = await messenger.sync.heads(caller);
  let { heads } = known;
  if (heads && known.epoch !== epoch) {
    connection.send({ type: 'reset', chat_id: null, reason: 'epoch_changed' });
    heads = null;
  }
  if (!heads) {
    for (const chat of await messenger.chats.list(caller, { limit: protocolLimits.fresh_chats })) {
      if (!(await connection.outflow.room())) return;
      connection.sendPage({ type: 'changes', ...lightSnapshot(chat) });
    }
    return;
  }

  const unknown = new Set(heads.keys());
  for (const { chat_id, rev, is_member, is_hidden } of chats) {
    // Deleted on another device of theirs: forgotten here too.
    if (is_hidden) continue;
    unknown.delete(chat_id);
    const head = heads.get(chat_id);
    if (head === undefined) {
      if (is_member)
        await sendUnlessGone(connection, async () => lightSnapshot(await messenger.chats.get(caller, { chat_id })));
    } else if (head < rev) {
      await sendDifference(connection, messenger, chat_id, head);
    }
  }
  for (const chat_id of unknown) {
    if (!(await connection.outflow.room())) return;
    connection.send({ type: 'reset', chat_id, reason: 'unknown_chat' });
  }
}

async function sendDifference(connection: Connection, messenger: Messenger, chat_id: number, head: number) {
  let since = head;
  let has_more = true;
  while (has_more) {
    const changes = await sendUnlessGone(connection, () =>
      messenger.sync.changes(connection.caller, { chat_id, since, limit: page_size }),
    );
    has_more = changes?.more ?? false;
    since = changes?.to ?? since;
  }
}

/** Somebody may leave a chat while we read it: the event that says so is held, and says it after the catch-up. */
async function sendUnlessGone(connection: Connection, read: () => Promise<Changes>): Promise<Changes | null> {
  if (!(await connection.outflow.room())) return null;
  try {
    const changes = await read();
    connection.sendPage({ type: 'changes', ...changes });
    return changes;
  } catch (error) {
    if ((error as { code?: string }).code === 'NOT_A_MEMBER') return null;
    throw error;
  }
}

/** A chat with its last message only: enough for a list of chats. The rest comes when somebody opens it. */
function lightSnapshot(chat: Chat): Changes {
  return {
    chat_id: chat.id,
    from: 0,
    to: chat.rev,
    chat,
    members: chat.participants,
    messages: chat.last_message ? [chat.last_message] : [],
    snapshot: true,
    more: false,
  };
}
