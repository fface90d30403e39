import sharp from 'sharp';
import { expect, test } from 'vitest';
import { talkTo } from './seed-client.js';
import { onEveryDatabase } from './seed-server.js';

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#3060a0' } })
    .png()
    .toBuffer();

onEveryDatabase('files of the Dialect seeds', (startServer) => {
  test('an avatar and a banner: put, seen by others without a token, taken off', async () => {
    const server = talkTo(await startServer());
    const [ann, ben] = [await server.join('ann_k'), await server.join('ben_k')];
    for (const [path, field, width, height] of [
      ['/users/me/avatar', 'avatar_url', 1024, 1024],
      ['/users/me/banner', 'banner_url', 1024, 345],
    ] as const) {
      const put = await ann.upload(path, await picture(width, height), 'me.png');
      expect(put).toMatchObject({ status: 200, body: { id: ann.id, [field]: expect.stringMatching(/^\/static\//) } });
      const seen = (await ben.call('GET', `/users/${ann.id}`)).body[field];
      const file = await fetch(server.url + seen);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toMatch(/^image\//);
      expect((await ann.upload(path, await picture(width + 1, height), 'me.png')).status).toBe(400);
      expect((await ann.upload(path, 'not an image', 'me.png')).status).toBe(400);
      expect((await ann.call('GET', '/users/me')).body[field]).toBe(seen);
      expect((await ann.call('DELETE', path)).body[field]).toBeNull();
    }
  });

  test('a group has a square picture, which its owner gives it', async () => {
    const server = talkTo(await startServer());
    const [ann, ben] = [await server.join('ann_k'), await server.join('ben_k')];
    const { id } = (await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: [ben.id] })).body;
    const square = await picture(1024, 1024);
    expect((await ben.upload(`/chats/${id}/avatar`, square, 'us.png')).status).toBe(403);
    expect((await ann.upload(`/chats/${id}/avatar`, await picture(512, 512), 'us.png')).status).toBe(400);
    const put = await ann.upload(`/chats/${id}/avatar`, square, 'us.png');
    expect(put).toMatchObject({ status: 200, body: { id, avatar_url: expect.stringMatching(/^\/static\//) } });
    expect((await ben.call('GET', '/chats/')).body[0].avatar_url).toBe(put.body.avatar_url);
    expect((await ann.call('DELETE', `/chats/${id}/avatar`)).body.avatar_url).toBeNull();
  });

  test('an upload comes back byte for byte, under the url that the message says', async () => {
    const server = talkTo(await startServer());
    const [ann, ben] = [await server.join('ann_k'), await server.join('ben_k')];
    const { id: chat_id } = (await ann.call('POST', '/chats/private', { target_user_id: ben.id })).body;
    const [a, b] = [await ann.connect(), await ben.connect()];
    const file = await picture(40, 30);
    const upload = await ann.upload('/messages/upload', file, 'Отпуск 2025.png');
    expect(upload).toMatchObject({ status: 200, body: { filename: 'Отпуск 2025.png' } });
    expect(upload.body.url).toMatch(/^\/static\/attachment_[\w-]{20,}\.png$/);
    a.send({ type: 'new_message', chat_id, content: upload.body.url, message_type: 'image' });
    const { content } = await b.next({ type: 'new_message', message_type: 'image' });
    const answer = await fetch(server.url + content);
    expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true);
  });
});
