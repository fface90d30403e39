import type { Event } from '@dialect/core';
import type { Connection } from './connection.js';
import { createEncoding, createHiddenEncoding } from './encode.js';

type ChatEvent = Extract<Event, { chat_id: number }>;

/**
 * Which connections follow which chats, in memory: a live delivery reads no member list from the database. Kept up by
 * the membership events themselves, which arrive in the order of their commits: whoever is removed hears of the removal
 * and of nothing after it.
 */
export class Hub {
  readonly #chats = new Map<number, Set<Connection>>();
  readonly #users = new Map<number, Set<Connection>>();

  /** From here on the user's membership changes reach the connection. Comes before reading which chats they are in. */
  register(connection: Connection): void {
    // A socket may close while it signs in; nobody would take it out again.
    if (!connection.is_closed) add(this.#users, connection.user_id, connection);
  }

  follow(connection: Connection, chat_id: number): void {
    if (connection.is_closed || this.#chats.get(chat_id)?.has(connection)) return;
    connection.chats.push(chat_id);
    add(this.#chats, chat_id, connection);
  }

  unfollow(connection: Connection, chat_id: number): void {
    connection.chats = connection.chats.filter((id) => id !== chat_id);
    remove(this.#chats, chat_id, connection);
  }

  leave(connection: Connection): void {
    for (const chat_id of connection.chats) remove(this.#chats, chat_id, connection);
    connection.chats = [];
    remove(this.#users, connection.user_id, connection);
  }

  /** An event of the messenger, to everybody who follows its chat, or to the users whom it is for. */
  deliver(event: Event): void {
    if (event.type === 'user_status') {
      this.#send(event, event.to);
      return;
    }
    if ('only_for' in event) {
      this.#send(event, [event.only_for]);
      return;
    }
    if (event.type === 'chat_created') this.#admit(event.chat_id, event.member_ids);
    if (event.type === 'member_changed' && event.member.is_active) this.#admit(event.chat_id, [event.member.id]);
    this.#broadcast(event);
    if (event.type === 'member_changed' && !event.member.is_active) this.#dismiss(event.chat_id, event.member.id);
    if (event.type === 'chat_deleted' && event.for_everyone && event.chat_type === 'group') this.#close(event.chat_id);
  }

  #admit(chat_id: number, user_ids: readonly number[]): void {
    for (const user_id of user_ids) {
      for (const connection of this.#users.get(user_id) ?? []) {
        connection.dismissed?.delete(chat_id);
        this.follow(connection, chat_id);
      }
    }
  }

  #dismiss(chat_id: number, user_id: number): void {
    for (const connection of this.#users.get(user_id) ?? []) {
      this.unfollow(connection, chat_id);
      // While its chats are still being read it may be about to follow one that the user has just left.
      connection.dismissed?.add(chat_id);
    }
  }

  /** Nobody is in the chat any more. */
  #close(chat_id: number): void {
    const members = new Set(Array.from(this.#chats.get(chat_id) ?? [], (connection) => connection.user_id));
    for (const user_id of members) this.#dismiss(chat_id, user_id);
  }

  #broadcast(event: ChatEvent): void {
    const connections = this.#chats.get(event.chat_id);
    if (!connections) return;
    const hidden_from = 'hidden_from' in event ? event.hidden_from : undefined;
    const frameFor = createEncoding(event);
    const hiddenFrameFor = hidden_from ? createHiddenEncoding(event) : frameFor;
    for (const connection of connections) {
      const is_hidden = hidden_from?.includes(connection.user_id) ?? false;
      const frame = (is_hidden ? hiddenFrameFor : frameFor)(connection.mode);
      if (frame) connection.deliver(event, frame);
    }
  }

  #send(event: Event, user_ids: readonly number[]): void {
    const frameFor = createEncoding(event);
    for (const user_id of user_ids) {
      for (const connection of this.#users.get(user_id) ?? []) {
        const frame = frameFor(connection.mode);
        if (frame) connection.deliver(event, frame);
      }
    }
  }
}

function add(index: Map<number, Set<Connection>>, key: number, connection: Connection): void {
  const connections = index.get(key);
  if (connections) connections.add(connection);
  else index.set(key, new Set([connection]));
}

function remove(index: Map<number, Set<Connection>>, key: number, connection: Connection): void {
  const connections = index.get(key);
  if (!connections) return;
  connections.delete(connection);
  if (connections.size === 0) index.delete(key);
}
