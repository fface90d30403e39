import { expect } from 'vitest';
import type { MessageRow, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { edit, erase } from './operations.js';
import type { Bed } from './test-database.js';
import { append, group, messageOf, messagesOf, mustWrite, people, post, verdict, write } from './world.js';

/** The reply by every way in which the port shows it. */
async function everywhere(storage: Storage, reply: MessageRow, reader: number): Promise<(MessageRow | undefined)[]> {
  const { chat_id, id, seq } = reply;
  const page = { chat_id, floor_seq: 0, limit: 9, offset: 0 };
  return [
    (await storage.messages.find(chat_id, id)) ?? undefined,
    (await storage.messages.page({ ...page, before_seq: seq + 1 }))[0],
    (await storage.messages.page({ ...page, after_seq: seq - 1 }))[0],
    (await storage.chats.changes({ chat_id, since: reply.rev - 1, floor_seq: 0, limit: 9 }))?.messages[0],
    (await storage.chats.views(reader, [chat_id]))[0]?.last_message ?? undefined,
    (await storage.chats.list({ user_id: reader, limit: 9, offset: 0, after_chat_id: null }))[0]?.last_message ??
      undefined,
  ];
}

/** The message that a reply answers travels with it, as it stands. */
export const quoteCases: Cases<Bed> = {
  async 'shows beside a reply the message that it answers'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const content = `'";--\\ ﷺ 👩‍👩‍👧`;
    const [first] = (await mustWrite(storage, append(chat_id, ann, { content, message_type: 'voice' }))).map(messageOf);
    const { id } = first as MessageRow;
    const [reply] = (await mustWrite(storage, append(chat_id, bob, { reply_to_id: id }))).map(messageOf);
    expect(reply?.reply_to).toEqual({ id, sender_id: ann, message_type: 'voice', content });
    expect(await everywhere(storage, reply as MessageRow, ann)).toEqual(Array(6).fill(reply));
    // What answers nothing has nothing beside it.
    expect(first).not.toHaveProperty('reply_to');
    expect((await messagesOf(storage, chat_id))[0]).not.toHaveProperty('reply_to');
  },

  async 'shows it as it stands: edited, too long, and not at all once it is deleted'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [first] = (await post(storage, chat_id, ann)) as [MessageRow];
    const original = append(chat_id, bob, { reply_to_id: first.id });
    const [reply] = (await mustWrite(storage, original)).map(messageOf) as [MessageRow];
    const quotes = async () => (await everywhere(storage, reply, ann)).map((row) => row?.reply_to);
    const quote = { id: first.id, sender_id: ann, message_type: 'text' };
    await mustWrite(storage, edit(first, ann, 'anew'));
    // Beside the reply, which has not changed: its rev is still its own.
    expect(await storage.messages.find(chat_id, reply.id)).toEqual({
      ...reply,
      reply_to: { ...quote, content: 'anew' },
    });
    await mustWrite(storage, edit(first, ann, 'x'.repeat(60_000)));
    expect((await storage.messages.find(chat_id, reply.id))?.reply_to).toEqual({ ...quote, content: null });
    await mustWrite(storage, edit(first, ann, 'short again'), append(chat_id, ann), erase(first, ann));
    const [page] = await storage.messages.page({
      chat_id,
      floor_seq: 0,
      limit: 1,
      offset: 0,
      before_seq: reply.seq + 1,
    });
    expect(page).toMatchObject({ id: reply.id, reply_to_id: first.id, reply_to: null });
    expect(await storage.messages.find(chat_id, reply.id)).toEqual({ ...reply, reply_to: null });
    expect((await quotes())[3]).toBeNull();
  },

  async 'answers a repeated reply with what it answers, as the first time'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const [first] = (await post(storage, chat_id, ann)) as [MessageRow];
    const original = append(chat_id, ann, { reply_to_id: first.id });
    const outcomes = await mustWrite(storage, original, original);
    expect(outcomes.map(verdict)).toEqual(['message', 'duplicate']);
    const [again] = await mustWrite(storage, original);
    expect(again).toEqual({ kind: 'message', message: messageOf(outcomes[0]), duplicate: true });
    await mustWrite(storage, erase(first, ann));
    const [later] = await mustWrite(storage, original);
    expect(messageOf(later)).toEqual({ ...messageOf(outcomes[0]), reply_to: null });
  },

  async 'quotes within a batch what the batch has made of it'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [first] = (await post(storage, chat_id, ann)) as [MessageRow];
    const reply = () => append(chat_id, bob, { reply_to_id: first.id });
    const outcomes = await write(storage, reply(), edit(first, ann, 'anew'), reply(), erase(first, ann), reply());
    expect(outcomes.map(verdict)).toEqual(['message', 'message', 'message', 'message', 'MESSAGE_NOT_FOUND']);
    const quoted = [0, 2].map((index) => messageOf(outcomes[index]).reply_to?.content);
    expect(quoted).toEqual(['hello', 'anew']);
  },

  async 'lets nobody answer what they cannot see'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const other = await group(storage, [ann]);
    const [first] = (await post(storage, chat_id, ann)) as [MessageRow];
    const [elsewhere] = (await post(storage, other, ann)) as [MessageRow];
    await storage.members.settle({ chat_id, user_id: bob, clear: true });
    const reply = (actor: number, to: MessageRow) => append(chat_id, actor, { reply_to_id: to.id });
    const outcomes = await write(storage, reply(bob, first), reply(ann, elsewhere), reply(ann, first));
    expect(outcomes.map(verdict)).toEqual(['MESSAGE_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'message']);
  },
};
