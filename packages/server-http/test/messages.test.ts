import { describe, expect, test } from 'vitest';
import { type Person, type StorageKind, startApi } from './support/start-api.js';

async function pair(kind: StorageKind) {
  const api = await startApi(kind);
  const [anna, boris] = [await api.join('anna'), await api.join('boris')];
  const { id: chat_id } = (await anna.post('/chats/private', { target_user_id: boris.id })).body;
  const say = (person: Person, content: unknown, more = {}) => person.post('/messages', { chat_id, content, ...more });
  const contents = async (query = '') =>
    (await anna.get(`/messages/history/${chat_id}${query}`)).body.map(({ content }: { content: string }) => content);
  return { api, anna, boris, chat_id, say, contents };
}

describe.each(['memory', 'file'] as const)('messages, on %s', (kind) => {
  test('GET /messages/history/{chat_id}: newest first, by limit and offset, or from any message', async () => {
    const { anna, chat_id, say, contents } = await pair(kind);
    for (const n of [1, 2, 3, 4, 5]) expect((await say(anna, `m${n}`)).status).toBe(200);
    expect(await contents()).toEqual(['m5', 'm4', 'm3', 'm2', 'm1']);
    expect(await contents('/?limit=2')).toEqual(['m5', 'm4']);
    expect(await contents('?limit=2&offset=2')).toEqual(['m3', 'm2']);
    expect(await contents('?before_seq=3')).toEqual(['m2', 'm1']);
    expect(await contents('?after_seq=3')).toEqual(['m4', 'm5']);
    const both = await anna.get(`/messages/history/${chat_id}?after_seq=1&before_seq=3`);
    expect([both.status, both.body.field]).toEqual([422, 'after_seq']);
  });

  test('content comes back as it went in', async () => {
    const { anna, say, contents } = await pair(kind);
    const texts = ['  spaces  ', '😀 ё \u0000 \u202e', '{"a":1}', 'é'.normalize('NFD'), '<script>alert(1)</script>'];
    for (const text of texts) expect((await say(anna, text)).body.content).toBe(text);
    expect(await contents()).toEqual(texts.toReversed());
  });

  test('a repeated client_id is answered with the first message', async () => {
    const { anna, say, contents } = await pair(kind);
    const answers = await Promise.all(Array.from({ length: 10 }, () => say(anna, 'once', { client_id: 'id-1' })));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
    expect(await contents()).toEqual(['once']);
  });

  test('marks move forward; what is read shows in the history', async () => {
    const { anna, boris, chat_id, say } = await pair(kind);
    const { body: message } = await say(anna, 'hello');
    const delivered = await boris.post(`/chats/${chat_id}/delivered`, { seq: 1 });
    expect(delivered.body).toMatchObject({ chat_id, user_id: boris.id, delivered_seq: 1, read_seq: 0 });
    expect((await boris.post(`/chats/${chat_id}/read/`, { message_id: message.id })).body.read_seq).toBe(1);
    expect((await anna.get(`/messages/history/${chat_id}`)).body[0].status).toBe('read');
    const neither = await boris.post(`/chats/${chat_id}/read`, {});
    expect([neither.status, neither.body.field]).toEqual([422, 'message_id']);
  });

  test('typing, heads and changes', async () => {
    const { anna, boris, chat_id, say } = await pair(kind);
    expect((await anna.post(`/chats/${chat_id}/typing`, { is_typing: true })).status).toBe(200);
    expect((await anna.post(`/chats/${chat_id}/typing`, { is_typing: false })).status).toBe(200);
    const { rev } = (await say(anna, 'hello')).body;
    expect((await boris.get('/sync')).body.chats).toEqual([{ chat_id, rev, is_member: true, is_hidden: false }]);
    const changes = await boris.get(`/chats/${chat_id}/changes?since=${rev - 1}`);
    expect(changes.body).toMatchObject({ chat_id, from: rev - 1, to: rev, messages: [{ content: 'hello' }] });
  });

  test('bad messages are refused by a 422 that names the field, and nothing is stored', async () => {
    const { anna, chat_id, say, contents } = await pair(kind);
    const refused: [unknown, object, string][] = [
      ['', {}, 'content'],
      ['x'.repeat(60_001), {}, 'content'],
      ['é'.repeat(30_001), {}, 'content'],
      ['\ud800', {}, 'content'],
      [42, {}, 'content'],
      [null, {}, 'content'],
      [{ $gt: '' }, {}, 'content'],
      [['a'], {}, 'content'],
      ['ok', { message_type: 'virus' }, 'message_type'],
      ['ok', { client_id: 'with spaces' }, 'client_id'],
      ['ok', { client_id: 'x'.repeat(65) }, 'client_id'],
      ['ok', { reply_to_id: 'one' }, 'reply_to_id'],
      ['ok', { chat_id: String(chat_id) }, 'chat_id'],
      ['ok', { chat_id: { id: 1 } }, 'chat_id'],
      ['ok', { chat_id: 1.5 }, 'chat_id'],
    ];
    for (const [content, more, field] of refused) {
      const answer = await say(anna, content, more);
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([422, 'INVALID_INPUT', field]);
    }
    expect(await contents()).toEqual([]);
    expect((await say(anna, 'x'.repeat(60_000))).status).toBe(200);
  });

  test('fields that nobody declared are dropped', async () => {
    const { anna, boris, say } = await pair(kind);
    const answer = await say(anna, 'mine', {
      sender_id: boris.id,
      seq: 99,
      is_deleted: true,
      caller: { user_id: boris.id },
    });
    expect(answer.body).toMatchObject({ sender_id: anna.id, seq: 1, is_deleted: false });
  });
});
