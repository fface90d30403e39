// A messenger with push in a process of its own, from the built packages: what the test of the outbox kills.
import { createServer } from 'node:http';
import { Agent } from 'node:https';
import { connect } from 'node:tls';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import { createMessenger } from '@dialect/core';
import { fcm } from '@dialect/push-fcm';
import { createNodeHandler } from '@dialect/server-http';
import { attachWebSocket } from '@dialect/transport-ws';
import { initializeApp } from 'firebase-admin/app';

const { database, service_port, ca, access_token, push_options } = JSON.parse(process.argv[2]);
const credential = { getAccessToken: async () => ({ access_token, expires_in: 3_600 }) };
const servername = 'fcm.googleapis.com';
const httpAgent = Object.assign(new Agent(), {
  createConnection: () => connect({ host: '127.0.0.1', port: service_port, ca, servername }),
});

const messenger = createMessenger({
  storage: database.startsWith('mysql:') ? mysql(database) : sqlite(database),
  identify: ({ token }) => (token ? { external_id: token, first_name: token } : null),
  push: fcm({ app: initializeApp({ credential, projectId: 'test', httpAgent }) }),
  push_options,
});
await messenger.start();
const server = createServer(createNodeHandler(messenger));
attachWebSocket(server, messenger);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
