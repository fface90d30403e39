import { expect } from 'vitest';
import type { ChatView, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { createRandom } from '../random.js';
import type { Bed } from './test-database.js';
import {
  add,
  append,
  group,
  lookWhile,
  messagesOf,
  mustWrite,
  people,
  post,
  privateChat,
  remove,
  start_at,
} from './world.js';

const cap = 1_000;

async function viewOf(storage: Storage, user_id: number, chat_id: number): Promise<ChatView> {
  const [view] = await storage.chats.views(user_id, [chat_id]);
  if (!view) throw new Error(`User ${user_id} is not in chat ${chat_id}.`);
  return view;
}

const list = (storage: Storage, user_id: number, page: { limit?: number; offset?: number; after?: number } = {}) =>
  storage.chats.list({
    user_id,
    limit: page.limit ?? 100,
    offset: page.offset ?? 0,
    after_chat_id: page.after ?? null,
  });

const idsOf = (views: readonly ChatView[]): number[] => views.map((view) => view.chat.id);

/** Chats as their members see them. */
export const listCases: Cases<Bed> = {
  async 'lists the most recently active chat first, with its last message'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const older = await privateChat(storage, ann, bob);
    const newer = await group(storage, [ann, cem], start_at + 1);
    expect(idsOf(await list(storage, ann))).toEqual([newer, older]);
    expect((await list(storage, ann)).map((view) => view.last_message)).toEqual([null, null]);
    const [outcome] = await mustWrite(storage, append(older, bob, { content: 'new', at: start_at + 2 }));
    const views = await list(storage, ann);
    expect(idsOf(views)).toEqual([older, newer]);
    expect(views[0]?.last_message).toEqual(outcome?.kind === 'message' && outcome.message);
    expect(views[0]).toMatchObject({ chat: { last_seq: 1, rev: 2 }, me: { user_id: ann }, unread_count: 1 });
    expect(idsOf(await list(storage, cem))).toEqual([newer]);
  },

  async 'pages alike by offset and by chat, also among equal times'({ storage }) {
    const random = createRandom(7);
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    for (let n = 0; n < 23; n++) {
      const chat_id = await group(storage, [ann, bob]);
      await mustWrite(storage, append(chat_id, bob, { at: start_at + random.int(5) }));
    }
    const whole = idsOf(await list(storage, ann));
    expect(whole).toHaveLength(23);
    for (const limit of [1, 4, 23, 30]) {
      const byOffset: number[] = [];
      const byChat: number[] = [];
      for (let offset = 0; offset <= 23; offset += limit) {
        byOffset.push(...idsOf(await list(storage, ann, { limit, offset })));
        byChat.push(
          ...idsOf(await list(storage, ann, { limit, ...(byChat.length && { after: byChat.at(-1) as number }) })),
        );
      }
      expect(byOffset).toEqual(whole);
      expect(byChat.slice(0, 23)).toEqual(whole);
      expect(await list(storage, ann, { limit, after: whole.at(-1) as number })).toEqual([]);
    }
  },

  async 'tells nothing by a chat that the user was never in'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await group(storage, [ann]);
    const strange = await group(storage, [bob], start_at + 1);
    expect(await list(storage, ann, { after: strange })).toEqual([]);
    expect(await list(storage, ann, { after: 999_999 })).toEqual([]);
  },

  async 'shows a chat to its present members only'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    const other = await group(storage, [ann, bob]);
    await mustWrite(storage, remove(chat_id, ann, bob));
    expect(idsOf(await storage.chats.views(bob, [chat_id, other, 999_999]))).toEqual([other]);
    expect(await storage.chats.views(cem, [chat_id, other])).toEqual([]);
    expect(await storage.chats.views(ann, [])).toEqual([]);
    expect(idsOf(await list(storage, bob))).toEqual([other]);
  },

  async 'says where each chat stands, and for a departed member where they left it'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 2);
    expect(await storage.chats.heads(bob)).toEqual([{ chat_id, rev: 3, is_member: true, is_hidden: false }]);
    await mustWrite(storage, remove(chat_id, ann, bob), append(chat_id, ann));
    expect(await storage.chats.heads(bob)).toEqual([{ chat_id, rev: 4, is_member: false, is_hidden: false }]);
    expect(await storage.chats.heads(ann)).toEqual([{ chat_id, rev: 6, is_member: true, is_hidden: false }]);
    await mustWrite(storage, add(chat_id, ann, bob));
    expect(await storage.chats.heads(bob)).toEqual([{ chat_id, rev: 8, is_member: true, is_hidden: false }]);
  },

  async 'counts unread messages exactly, as a count by hand does'({ storage }) {
    for (const seed of [1, 2, 3]) await countsLikeByHand(storage, seed);
  },

  async 'counts up to 1,000 unread messages exactly, and says when it stops'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, bob, cap - 1);
    await post(storage, chat_id, ann);
    // Read up to nothing, 1,000 behind: 999 of them another's.
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({ unread_count: cap - 1, unread_capped: false });
    await post(storage, chat_id, bob);
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({ unread_count: cap, unread_capped: true });
    await storage.members.advance([{ kind: 'read', chat_id, user_id: ann, seq: 1, at: start_at }]);
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({ unread_count: cap - 1, unread_capped: false });
    await storage.members.advance([{ kind: 'read', chat_id, user_id: ann, seq: cap + 1, at: start_at }]);
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({ unread_count: 0, unread_capped: false });
  },

  async 'shows a chat, its last message and its count as of one moment while people write'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const writing = (async () => {
      for (let n = 0; n < 150; n++) await post(storage, chat_id, bob);
    })();
    const looks = await lookWhile(writing, async () => {
      const { chat, last_message, unread_count } = await viewOf(storage, ann, chat_id);
      expect(last_message?.seq ?? 0).toBe(chat.last_seq);
      expect([unread_count, chat.rev]).toEqual([chat.last_seq, chat.last_seq + 1]);
    });
    expect(looks).toBeGreaterThan(10);
  },
};

async function countsLikeByHand(storage: Storage, seed: number): Promise<void> {
  const random = createRandom(seed);
  const ids = await people(storage, 5);
  const owner = ids[0] as number;
  const chat_id = await group(storage, ids);
  for (let step = 0; step < 120; step++) {
    const user_id = random.pick(ids);
    const what = random.int(8);
    if (what < 5) await storage.chats.write([append(chat_id, user_id)], () => null);
    else if (what < 7) {
      await storage.members.advance([{ kind: 'read', chat_id, user_id, seq: random.int(step + 1), at: start_at }]);
    } else if (user_id !== owner) {
      const member = await storage.members.get(chat_id, user_id);
      await mustWrite(storage, (member?.left_at === null ? remove : add)(chat_id, owner, user_id));
    }
  }
  const messages = await messagesOf(storage, chat_id);
  expect(messages.length).toBeGreaterThan(40);
  expect(messages.some((message) => message.message_type === 'system')).toBe(true);
  for (const member of await storage.members.of([chat_id])) {
    const by_hand = messages.filter(
      ({ seq, sender_id, message_type }) =>
        seq > member.read_seq && sender_id !== member.user_id && message_type !== 'system',
    );
    const view = await viewOf(storage, member.user_id, chat_id);
    expect([member.user_id, view.unread_count]).toEqual([member.user_id, by_hand.length]);
  }
}
