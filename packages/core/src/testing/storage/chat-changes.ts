import { expect } from 'vitest';
import type { Cases } from '../cases.js';
import { everythingOf, nickname, updateChat } from './operations.js';
import type { Bed } from './test-database.js';
import {
  add,
  group,
  memberOf,
  messagesOf,
  mustWrite,
  people,
  post,
  privateChat,
  remove,
  start_at,
  upTo,
  verdict,
  write,
} from './world.js';

/** Changes of a chat's own fields and of how its members are called, and what it tells of who comes and goes. */
export const chatChangeCases: Cases<Bed> = {
  async 'changes what is given of a chat, under the next rev'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann);
    const named = updateChat(chat_id, ann, { chat_name: `'";-- ﷺ`, at: start_at + 5 });
    const outcomes = await mustWrite(
      storage,
      named,
      updateChat(chat_id, ann, { avatar_url: 'a.png' }),
      named,
      updateChat(chat_id, ann, {}),
      updateChat(chat_id, ann, { avatar_url: null }),
    );
    const shape = outcomes.map((one) => [verdict(one), one.kind === 'chat' && [one.rev, one.chat.avatar_url]]);
    expect(shape).toEqual([
      ['chat', [3, null]],
      ['chat', [4, 'a.png']],
      ['duplicate', [4, 'a.png']],
      ['duplicate', [4, 'a.png']],
      ['chat', [5, null]],
    ]);
    expect(outcomes[0]).toMatchObject({ chat: { rev: 3, meta_rev: 3, updated_at: start_at + 5 } });
    const [view] = await storage.chats.views(bob, [chat_id]);
    expect(view?.chat).toMatchObject({ chat_name: `'";-- ﷺ`, avatar_url: null, rev: 5, meta_rev: 5, last_seq: 1 });
    const changes = await storage.chats.changes({ chat_id, since: 2, floor_seq: 0, limit: 9 });
    expect(changes).toMatchObject({ chat: { meta_rev: 5 }, members: [], messages: [], to: 5, more: false });
  },

  async 'calls a member by a nickname, under the next rev, and leaves no message'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const outcomes = await mustWrite(
      storage,
      nickname(chat_id, bob, bob, 'Bobby 🙂'),
      nickname(chat_id, ann, bob, 'Bobby 🙂'),
      nickname(chat_id, ann, bob, 'Robert'),
      nickname(chat_id, bob, bob, null),
      nickname(chat_id, bob, bob, null),
    );
    expect(outcomes.map((one) => [verdict(one), one.kind === 'member' && [one.rev, one.member.nickname]])).toEqual([
      ['member', [2, 'Bobby 🙂']],
      ['duplicate', [2, 'Bobby 🙂']],
      ['member', [3, 'Robert']],
      ['member', [4, null]],
      ['duplicate', [4, null]],
    ]);
    for (const one of outcomes) expect(one).toMatchObject({ system: null });
    await mustWrite(storage, nickname(chat_id, ann, ann, 'Boss'));
    expect(await memberOf(storage, chat_id, ann)).toMatchObject({ nickname: 'Boss', rev: 5, left_at: null });
    const changes = await storage.chats.changes({ chat_id, since: 1, floor_seq: 0, limit: 9 });
    expect(changes?.members.map(({ user_id, nickname: name }) => [user_id, name])).toEqual([
      [bob, null],
      [ann, 'Boss'],
    ]);
    expect(await messagesOf(storage, chat_id)).toEqual([]);
    // And it is theirs still when they come back.
    await mustWrite(storage, nickname(chat_id, ann, bob, 'Bob'), remove(chat_id, ann, bob), add(chat_id, ann, bob));
    expect((await memberOf(storage, chat_id, bob)).nickname).toBe('Bob');
  },

  async 'refuses both to whoever may not, and stores nothing'({ storage }) {
    const ids = await people(storage, 4);
    const [ann, bob, cem, eve] = ids as [number, number, number, number];
    const chat_id = await group(storage, [ann, bob, cem]);
    const privately = await privateChat(storage, ann, bob);
    await mustWrite(storage, remove(chat_id, ann, cem));
    const before = [await everythingOf(storage, chat_id, ids), await everythingOf(storage, privately, ids)];
    const outcomes = await write(
      storage,
      updateChat(chat_id, bob, { chat_name: 'no' }),
      updateChat(chat_id, cem, { chat_name: 'no' }),
      updateChat(chat_id, eve, { chat_name: 'no' }),
      updateChat(privately, ann, { chat_name: 'no' }),
      nickname(chat_id, bob, ann, 'no'),
      nickname(chat_id, ann, cem, 'no'),
      nickname(chat_id, ann, eve, 'no'),
      nickname(chat_id, cem, cem, 'no'),
      nickname(chat_id, eve, eve, 'no'),
      nickname(privately, ann, bob, 'no'),
    );
    expect(outcomes.map(verdict)).toEqual([
      'FORBIDDEN',
      'NOT_A_MEMBER',
      'NOT_A_MEMBER',
      'CHAT_IS_PRIVATE',
      'FORBIDDEN',
      'MEMBER_NOT_FOUND',
      'MEMBER_NOT_FOUND',
      'NOT_A_MEMBER',
      'NOT_A_MEMBER',
      'FORBIDDEN',
    ]);
    expect([await everythingOf(storage, chat_id, ids), await everythingOf(storage, privately, ids)]).toEqual(before);
  },

  async 'tells of who comes and goes by messages under the numbers after the change'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann]);
    const outcomes = await mustWrite(
      storage,
      add(chat_id, ann, bob, start_at + 1),
      remove(chat_id, bob, bob, start_at + 2),
      add(chat_id, ann, bob, start_at + 3),
      remove(chat_id, ann, bob, start_at + 4),
    );
    const messages = await messagesOf(storage, chat_id);
    expect(messages).toEqual(outcomes.map((one) => one.kind === 'member' && one.system));
    const told = messages.map((row) => [
      row.seq,
      row.rev,
      row.sender_id,
      row.sent_at - start_at,
      row.content,
      row.meta,
    ]);
    const note = (kind: string) => JSON.stringify({ system: { kind, user_id: bob } });
    expect(told).toEqual([
      [1, 3, ann, 1, '', note('member_added')],
      [2, 5, bob, 2, '', note('member_left')],
      [3, 7, ann, 3, '', note('member_added')],
      [4, 9, ann, 4, '', note('member_removed')],
    ]);
    expect(new Set(messages.map((row) => row.message_type))).toEqual(new Set(['system']));
    const page = { chat_id, floor_seq: 0, limit: 9, offset: 0, without_system: true };
    expect(await storage.messages.page(page)).toEqual([]);
    expect(await storage.chats.views(ann, [chat_id])).toMatchObject([{ last_message: null, unread_count: 0 }]);
    // A refusal, and a second time in vain, tell nothing.
    const refused = await write(storage, remove(chat_id, ann, bob), remove(chat_id, ann, ann));
    expect(refused.map(verdict)).toEqual(['MEMBER_NOT_FOUND', 'OWNER_CANNOT_LEAVE']);
    expect(await messagesOf(storage, chat_id)).toHaveLength(4);
  },

  async 'leaves its own messages out of pages that ask for none'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    for (const _ of upTo(3)) {
      await post(storage, chat_id, ann);
      await mustWrite(storage, remove(chat_id, ann, bob), add(chat_id, ann, bob));
    }
    const seqs = async (given: object) =>
      (await storage.messages.page({ chat_id, floor_seq: 0, limit: 9, offset: 0, ...given })).map((row) => row.seq);
    expect(await seqs({})).toEqual(upTo(9).reverse());
    expect(await seqs({ without_system: true })).toEqual([7, 4, 1]);
    expect(await seqs({ without_system: true, limit: 1, offset: 1 })).toEqual([4]);
    expect(await seqs({ without_system: true, after_seq: 1 })).toEqual([4, 7]);
    expect(await seqs({ without_system: true, before_seq: 7, floor_seq: 1 })).toEqual([4]);
    await storage.messages.hide({ chat_id, user_id: ann, seq: 4 });
    expect(await seqs({ without_system: true, hidden_from: ann })).toEqual([7, 1]);
  },
};
