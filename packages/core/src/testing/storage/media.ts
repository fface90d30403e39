import { expect } from 'vitest';
import type { MediaFacts, NewMedia, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { edit, updateChat } from './operations.js';
import type { Bed } from './test-database.js';
import { append, group, messageOf, mustWrite, people, start_at, unique, upTo, verdict, write } from './world.js';

const facts: MediaFacts = { size: 2 ** 40 + 1, width: 640, height: 480, thumbnail: 'thumbnail_x.webp' };

function fresh(owner_id: number, given: Partial<NewMedia> = {}): NewMedia {
  const name = `attachment_${unique()}.png`;
  const file = { media_type: 'image/png', filename: 'Ça va 🙂.png', created_at: start_at };
  return { name, owner_id, kind: 'attachment', ...file, ...given };
}

/** The name of a file that is stored. */
async function stored(storage: Storage, given: Partial<NewMedia> = {}): Promise<string> {
  const file = fresh(1, given);
  await storage.media.add(file);
  expect(await storage.media.finish(file.name, facts)).toBe(true);
  return file.name;
}

/** Sends messages that refer to files. */
async function speaker(storage: Storage) {
  const [ann] = (await people(storage, 1)) as [number];
  const chat_id = await group(storage, [ann]);
  return (media_names: string[], at = start_at) => mustWrite(storage, append(chat_id, ann, { media_names, at }));
}

const namesOf = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name).sort();
const due = (storage: Storage, limit = 100, before = start_at + 1) =>
  storage.media.condemnUnused({ before, at: start_at + 9, limit });

export const mediaCases: Cases<Bed> = {
  async 'gives back what is known of a file, once it is finished'({ storage }) {
    const file = fresh(7);
    await storage.media.add(file);
    expect(await storage.media.find([file.name])).toEqual([]);
    const refer = await speaker(storage);
    await refer([file.name]);
    await storage.media.finish(file.name, facts);
    expect(await storage.media.find([file.name, 'nothing', file.name])).toEqual([{ ...file, ...facts, used_at: null }]);
    expect(await storage.media.find([])).toEqual([]);
  },

  async 'tells names apart by every byte'({ storage }) {
    const name = await stored(storage, { name: 'attachment_aB' });
    const other = await stored(storage, { name: 'attachment_ab' });
    expect(namesOf(await storage.media.find([name]))).toEqual([name]);
    expect(namesOf(await storage.media.find([other]))).toEqual([other]);
  },

  async 'keeps what is used, from the first time on'({ storage }) {
    const [used, unused] = [await stored(storage), await stored(storage)];
    const refer = await speaker(storage);
    await refer([used, 'nothing'], 11);
    await refer([used], 12);
    expect(await storage.media.find([used])).toMatchObject([{ name: used, used_at: 11 }]);
    expect(await due(storage)).toEqual([unused]);
    expect(namesOf(await storage.media.find([used, unused]))).toEqual([used]);
  },

  async 'keeps what a message refers to, in the transaction of the message and not for a refusal'({ storage }) {
    const [sent, refused, unused] = [await stored(storage), await stored(storage), await stored(storage)];
    const [ann, bob, eve] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    const outcomes = await write(
      storage,
      append(chat_id, ann, { media_names: [sent] }),
      append(chat_id, eve, { media_names: [refused] }),
    );
    expect(outcomes.map(verdict)).toEqual(['message', 'NOT_A_MEMBER']);
    expect((await due(storage)).sort()).toEqual([refused, unused].sort());
    expect(await storage.media.find([sent])).toMatchObject([{ used_at: start_at }]);
  },

  async 'keeps what an edit refers to, in the transaction of the edit, when it is made'({ storage }) {
    const [edited, repeated, refused] = [await stored(storage), await stored(storage), await stored(storage)];
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const message = messageOf((await mustWrite(storage, append(chat_id, ann)))[0]);
    const outcomes = await write(
      storage,
      edit(message, ann, 'anew', { at: 11, media_names: [edited] }),
      edit(message, ann, 'anew', { at: 12, media_names: [edited, repeated] }),
      edit(message, bob, 'mine', { at: 13, media_names: [refused] }),
    );
    expect(outcomes.map(verdict)).toEqual(['message', 'duplicate', 'FORBIDDEN']);
    expect(await storage.media.find([edited])).toMatchObject([{ used_at: 11 }]);
    expect((await due(storage)).sort()).toEqual([repeated, refused].sort());
  },

  async 'claims any number of files'({ storage }) {
    const names = await Promise.all(upTo(150).map(() => stored(storage)));
    await (await speaker(storage))(names);
    expect(await due(storage)).toEqual([]);
    expect(namesOf(await storage.media.find(names))).toEqual(names.sort());
  },

  async 'condemns what is old and unused, also what was never finished'({ storage }) {
    const dead = fresh(1);
    await storage.media.add(dead);
    const old = await stored(storage, { created_at: start_at - 1 });
    const young = await stored(storage, { created_at: start_at + 1 });
    expect((await due(storage)).sort()).toEqual([dead.name, old].sort());
    expect(namesOf(await storage.media.find([old, young]))).toEqual([young]);
    expect(await storage.media.finish(dead.name, facts)).toBe(false);
  },

  async 'lets no reference bring back what is condemned'({ storage }) {
    const name = await stored(storage);
    expect(await storage.media.condemn([name], 11)).toEqual([name]);
    await (await speaker(storage))([name]);
    expect(await storage.media.find([name])).toEqual([]);
    expect(await due(storage)).toEqual([name]);
  },

  async 'takes back only what nothing refers to'({ storage }) {
    const [used, unused] = [await stored(storage), await stored(storage)];
    const unfinished = fresh(1);
    await storage.media.add(unfinished);
    await (await speaker(storage))([used]);
    const names = [unused, used, unfinished.name];
    for (const at of [11, 12]) expect(await storage.media.condemn(names, at)).toEqual([unused, unfinished.name]);
    expect(namesOf(await storage.media.find(names))).toEqual([used]);
    expect((await due(storage, 100, 0)).sort()).toEqual([unused, unfinished.name].sort());
  },

  async 'names what is condemned until it is forgotten, a slice at a time'({ storage, probe }) {
    const names = await Promise.all(upTo(5).map(() => stored(storage)));
    const used = await stored(storage);
    await (await speaker(storage))([used]);
    const first = await due(storage, 2);
    expect(first).toHaveLength(2);
    // Whoever was to delete them died.
    expect(await due(storage, 2)).toEqual(first);
    await storage.media.forget([...first, used]);
    const rest = await due(storage);
    expect([...first, ...rest].sort()).toEqual(names.sort());
    await storage.media.forget(rest);
    expect(await due(storage)).toEqual([]);
    expect([await probe.count('media'), namesOf(await storage.media.find([used]))]).toEqual([1, [used]]);
  },

  async 'decides for each file whether a reference or the clean-up was first'({ storage }) {
    const names = await Promise.all(upTo(40).map(() => stored(storage)));
    const refer = await speaker(storage);
    const claims = names.map(async (name, n) => {
      for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setImmediate(resolve));
      await refer([name]);
      return namesOf(await storage.media.find([name]));
    });
    const cleanUps = upTo(8).map(() => due(storage, 5));
    const [kept, gone] = [(await Promise.all(claims)).flat(), (await Promise.all(cleanUps)).flat()];
    expect(kept.filter((name) => gone.includes(name))).toEqual([]);
    expect(namesOf(await storage.media.find(names))).toEqual(kept.sort());
    const all = new Set([...kept, ...gone, ...(await due(storage))]);
    expect(all.size).toBe(names.length);
  },

  async 'uses a profile’s picture with the change of the profile, and condemns the one it replaces'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const [first, second] = [await stored(storage), await stored(storage)];
    const set = (avatar_url: string | null) => storage.users.update(ann, { avatar_url }, 11);
    expect(await set(`/static/${first}`)).toMatchObject({ user: { avatar_url: `/static/${first}` }, freed: [] });
    expect(await storage.media.find([first])).toMatchObject([{ used_at: 11 }]);
    expect(await storage.users.update(ann, { bio: 'x' }, 12)).toMatchObject({ freed: [] });
    expect(await set(`/static/${second}`)).toMatchObject({ freed: [first] });
    expect(namesOf(await storage.media.find([first, second]))).toEqual([second]);
    expect(await set(null)).toMatchObject({ user: { avatar_url: null }, freed: [second] });
    expect((await due(storage)).sort()).toEqual([first, second].sort());
  },

  async 'uses a group’s picture with the change of the group, and condemns the one it replaces'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [first, second, refused] = [await stored(storage), await stored(storage), await stored(storage)];
    const set = async (avatar_url: string | null, actor_id = ann, at = 11) =>
      (await write(storage, updateChat(chat_id, actor_id, { avatar_url, at })))[0];
    expect(await set(`/static/${first}`)).toMatchObject({ chat: { avatar_url: `/static/${first}` }, freed: [] });
    expect(await storage.media.find([first])).toMatchObject([{ used_at: 11 }]);
    expect(await set(`/static/${first}`, ann, 12)).toMatchObject({ duplicate: true, freed: [] });
    expect(await mustWrite(storage, updateChat(chat_id, ann, { chat_name: 'x' }))).toMatchObject([{ freed: [] }]);
    expect(verdict(await set(`/static/${refused}`, bob))).toBe('FORBIDDEN');
    expect(await storage.media.find([first, refused])).toHaveLength(2);
    expect(await storage.media.find([first])).toMatchObject([{ used_at: 11 }]);
    expect(await set(`/static/${second}`)).toMatchObject({ freed: [first] });
    expect(namesOf(await storage.media.find([first, second]))).toEqual([second]);
    expect(await set(null)).toMatchObject({ chat: { avatar_url: null }, freed: [second] });
    expect((await due(storage)).sort()).toEqual([first, second, refused].sort());
  },

  async 'keeps one picture of those who race to set it, of a person and of a group'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const pictures = [
      {
        set: (avatar_url: string): Promise<unknown> => storage.users.update(ann, { avatar_url }, 11),
        shown: async () => (await storage.users.get([ann]))[0]?.avatar_url,
      },
      {
        set: (avatar_url: string): Promise<unknown> => write(storage, updateChat(chat_id, ann, { avatar_url })),
        shown: async () => (await storage.chats.views(ann, [chat_id]))[0]?.chat.avatar_url,
      },
    ];
    for (const { set, shown } of pictures) {
      const names = await Promise.all(upTo(10).map(() => stored(storage)));
      await Promise.all(names.map((name) => set(`/static/${name}`)));
      const kept = namesOf(await storage.media.find(names));
      const gone = await due(storage);
      expect([await shown(), kept.length, gone.length]).toEqual([`/static/${kept[0]}`, 1, 9]);
      await storage.media.forget(gone);
    }
  },
};
