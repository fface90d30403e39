import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PushNotification } from '@dialect/core';
import { fcm } from '@dialect/push-fcm';
import { getApps } from 'firebase-admin/app';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FcmStandIn, startFcm } from '../../../tests/support/fcm-stand-in.js';
import { openFirebaseApp } from '../../../tests/support/firebase-app.js';

const notification: PushNotification = {
  ...{ token: 't1', device_type: 'ios', title: 'Ann', body: 'Hello' },
  ...{ chat_id: 4, message_id: 17 },
};

async function start(): Promise<FcmStandIn> {
  const service = await startFcm();
  onTestFinished(() => service.close());
  return service;
}

test('a message has one place per chat on every kind of device, and its ids as texts', async () => {
  const service = await start();
  await fcm({ app: openFirebaseApp(service) }).send([notification]);
  expect(service.accepted).toEqual([
    {
      token: 't1',
      notification: { title: 'Ann', body: 'Hello' },
      data: { chat_id: '4', message_id: '17' },
      android: { priority: 'high', collapse_key: 'chat-4', notification: { tag: 'chat-4' } },
      apns: {
        headers: { 'apns-priority': '10', 'apns-collapse-id': 'chat-4' },
        payload: { aps: { sound: 'default', 'thread-id': 'chat-4' } },
      },
      webpush: { headers: { Urgency: 'high', Topic: 'chat-4' }, notification: { tag: 'chat-4' } },
    },
  ]);
});

test('what the service says of a token, a message or a quota is told apart', async () => {
  const service = await start();
  const sender = fcm({ app: openFirebaseApp(service) });
  for (const treatment of ['not-a-token', 'bad-message', 'quota'] as const) service.treat(treatment, treatment);
  const tokens = ['not-a-token', 'bad-message', 'quota'];
  expect(await sender.send(tokens.map((token) => ({ ...notification, token })))).toEqual([
    { kind: 'dead' },
    { kind: 'refused', reason: 'messaging/invalid-argument: Invalid value at message.data' },
    { kind: 'retry', after_ms: 60_000 },
  ]);
});

test('wrong credentials are refused, and cost nobody their device', async () => {
  const service = await start();
  const [outcome] = await fcm({ app: openFirebaseApp(service, 'a wrong one') }).send([notification]);
  expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('authentication') });
});

describe('a service account', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    project_id: 'my-app',
    client_email: 'push@my-app.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };

  function fileOf(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'dialect-fcm-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'account.json'), text);
    return join(folder, 'account.json');
  }

  test('is read from its file, and its app ends with the sender', async () => {
    const sender = fcm({ credentials_path: fileOf(JSON.stringify(account)) });
    const another = fcm({ service_account: account });
    expect([sender.name, another.name]).toEqual(['FCM project my-app', 'FCM project my-app']);
    expect(getApps()).toHaveLength(2);
    await sender.close();
    await another.close();
    expect(getApps()).toHaveLength(0);
  });

  test.each([
    ['is no JSON', '{ "private_key": "secret', 'is not JSON'],
    ['is no object', '"secret"', 'no service account'],
    ['lacks a field', JSON.stringify({ ...account, client_email: undefined }), 'has no client_email'],
    ['has a key that is none', JSON.stringify({ ...account, private_key: 'secret' }), 'private key'],
  ])('that %s is refused at once, and not quoted', (_, text, reason) => {
    const open = () => fcm({ credentials_path: fileOf(text) });
    expect(open).toThrow(reason);
    expect(open).not.toThrow('secret');
  });

  test('that is not there is refused at once', () => {
    expect(() => fcm({ credentials_path: '/nowhere/account.json' })).toThrow('/nowhere/account.json');
  });
});
