import { createServer } from 'node:http';
import { join } from 'node:path';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import { createMessenger, type Messenger, type Storage } from '@dialect/core';
import { attachWebSocket } from '@dialect/transport-ws';
import { contentBytes, type Plan } from '../plan.ts';
import { mysqlUrl } from '../stores/mysql-url.ts';
import { host } from './host.ts';
import { listenAnywhere } from './listen.ts';
import type { ServerSettings } from './settings.ts';

/** Seeding sends that wait together: they are committed in few batches. */
const ABREAST = 2_000;

function storageOf(folder: string, { mysql_database }: ServerSettings): Storage {
  return mysql_database ? mysql(mysqlUrl(mysql_database)) : sqlite({ path: join(folder, 'dialect.db') });
}

/** As a host with its own users would set it up; only the rate limit differs from the defaults. */
async function open(folder: string, settings: ServerSettings): Promise<Messenger> {
  const messenger = createMessenger({
    storage: storageOf(folder, settings),
    accounts: false,
    identify: ({ token }) => (token ? { external_id: token } : null),
    limits: { messages_per_second: Number.POSITIVE_INFINITY },
  });
  await messenger.start();
  return messenger;
}

void host({
  async seed(folder, plan, settings) {
    const messenger = await open(folder, settings);
    const user_ids = await createUsers(messenger, plan.users);
    const chat_ids: number[] = [];
    for (const members of plan.chats) {
      const [owner, ...others] = members.map((user) => user_ids[user - 1]!) as [number, ...number[]];
      const caller = { user_id: owner };
      const chat =
        others.length === 1
          ? await messenger.chats.createPrivate(caller, { target_user_id: others[0]! })
          : await messenger.chats.createGroup(caller, { chat_name: 'bench', participant_ids: others });
      chat_ids.push(chat.id);
    }
    await sendAll(messenger, chat_ids[0]!, user_ids, plan);
    await messenger.close();
    return { chat_ids };
  },

  async serve(folder, settings) {
    const messenger = await open(folder, settings);
    const http = createServer();
    const sockets = attachWebSocket(http, messenger);
    return {
      port: await listenAnywhere(http),
      async close() {
        await sockets.close();
        http.close();
        await messenger.close();
      },
    };
  },
});

/** A host's users come into being when they are first identified. */
async function createUsers(messenger: Messenger, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let user = 1; user <= count; user++) {
    const identified = await messenger.identify({ token: String(user), headers: new Headers(), url: '/' });
    if (identified === null) throw new Error('identify knows nobody');
    ids.push(identified.caller.user_id);
  }
  return ids;
}

async function sendAll(messenger: Messenger, chat_id: number, user_ids: number[], plan: Plan): Promise<void> {
  const senders = plan.chats[0]?.map((user) => user_ids[user - 1]!) ?? [];
  const content = 'm'.repeat(contentBytes);
  for (let sent = 0; sent < plan.messages; sent += ABREAST) {
    const count = Math.min(ABREAST, plan.messages - sent);
    const batch = Array.from({ length: count }, (_, index) => {
      const caller = { user_id: senders[index % senders.length]! };
      return messenger.messages.send(caller, { chat_id, content });
    });
    await Promise.all(batch);
  }
}
