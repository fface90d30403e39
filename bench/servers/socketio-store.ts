import { join } from 'node:path';
import Database from 'better-sqlite3';
import { contentBytes, type Plan, type Seeded } from '../plan.ts';

export interface Message {
  id: number;
  chat_id: number;
  sender_id: number;
  content: string;
  sent_at: number;
}

const open = (folder: string) => new Database(join(folder, 'socketio.db'));

export function seed(folder: string, plan: Plan): Seeded {
  const database = open(folder);
  database.pragma('journal_mode = WAL');
  database.exec(`
    create table chats (id integer primary key);
    create table members (chat_id integer not null, user_id integer not null, primary key (chat_id, user_id));
    create index members_by_user on members (user_id);
    create table messages (
      id integer primary key, chat_id integer not null, sender_id integer not null,
      content text not null, sent_at integer not null
    );
    create index messages_by_chat on messages (chat_id, id);
  `);
  const insertChat = database.prepare('insert into chats (id) values (?)');
  const insertMember = database.prepare('insert into members (chat_id, user_id) values (?, ?)');
  const insertMessage = database.prepare(
    'insert into messages (chat_id, sender_id, content, sent_at) values (?, ?, ?, ?)',
  );
  database.transaction(() => {
    for (const [index, users] of plan.chats.entries()) {
      insertChat.run(index + 1);
      for (const user of users) insertMember.run(index + 1, user);
    }
    const senders = plan.chats[0] ?? [];
    for (let count = 0; count < plan.messages; count++)
      insertMessage.run(1, senders[count % senders.length], 'm'.repeat(contentBytes), Date.now());
  })();
  database.close();
  return { chat_ids: plan.chats.map((_, index) => index + 1) };
}

/** What a careful developer writes for chat on better-sqlite3: prepared statements, and each insert its own commit. */
export function openStore(folder: string, synchronous: 'NORMAL' | 'FULL') {
  const database = open(folder);
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  const chats = database.prepare<[number], number>('select chat_id from members where user_id = ?').pluck();
  const member = database.prepare<[number, number]>('select 1 from members where chat_id = ? and user_id = ?').pluck();
  const insert = database.prepare<[number, number, string, number]>(
    'insert into messages (chat_id, sender_id, content, sent_at) values (?, ?, ?, ?)',
  );
  const newest = database.prepare<[number], Message>(
    'select id, chat_id, sender_id, content, sent_at from messages where chat_id = ? order by id desc limit 50',
  );
  return {
    chatsOf: (user_id: number) => chats.all(user_id),
    isMember: (chat_id: number, user_id: number) => member.get(chat_id, user_id) !== undefined,
    add(chat_id: number, sender_id: number, content: string): Message {
      const sent_at = Date.now();
      const id = Number(insert.run(chat_id, sender_id, content, sent_at).lastInsertRowid);
      return { id, chat_id, sender_id, content, sent_at };
    },
    newest: (chat_id: number) => newest.all(chat_id),
    close: () => database.close(),
  };
}
