import { sqlite } from '@dialect/adapter-sqlite';
import { describe, expect, it } from 'vitest';
import { eventsOf, refusal, startGroup, startPair, withReplaced } from './helpers.js';

const media = {
  url: '/files/a.png',
  media_type: 'image/png',
  size: 5,
  filename: 'ä "b".png',
  width: 640,
  height: 480,
  duration: 1.5,
  thumbnail_url: '/files/t.png',
};

describe('what a message carries', () => {
  it('comes back everywhere as it was sent', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const input = { chat_id, content: '', message_type: 'image' as const, media, mentions: [bob.user_id] };
    const { duplicate, ...sent } = await messenger.messages.send(ann, input);
    expect(sent).toMatchObject({ content: '', media, mentions: [bob.user_id] });
    expect(eventsOf(messenger.events, 'message_created')).toMatchObject([{ message: sent }]);
    expect(await messenger.messages.history(bob, { chat_id })).toEqual([sent]);
    expect((await messenger.sync.changes(bob, { chat_id, since: 1 })).messages).toEqual([sent]);
    expect((await messenger.chats.get(bob, { chat_id })).last_message).toEqual(sent);
    expect(duplicate).toBe(false);
    const edited = await messenger.messages.edit(ann, { message_id: sent.id, content: 'a caption' });
    expect(edited).toMatchObject({ content: 'a caption', media, mentions: [bob.user_id] });
  });

  it('claims its files, those of the attachment first', async () => {
    const own = sqlite(':memory:');
    const named: (readonly string[] | undefined)[] = [];
    const write: typeof own.chats.write = (operations, decide) => {
      for (const one of operations) if (one.kind === 'append') named.push(one.media_names);
      return own.chats.write(operations, decide);
    };
    const { messenger, ann, chat_id } = await startPair({ storage: withReplaced(own, { chats: { write } }) });
    const nameOf = (n: number) => `attachment_${String(n).padStart(24, '0')}.png`;
    const [file, thumbnail, ...many] = Array.from({ length: 30 }, (_, n) => nameOf(n)) as [string, string];
    const attached = { url: `/static/${file}`, thumbnail_url: `/static/${thumbnail}` };
    await messenger.messages.send(ann, { chat_id, content: '', media: attached });
    const content = many.map((name) => `/static/${name}`).join(' ');
    await messenger.messages.send(ann, { chat_id, content, media: attached });
    expect(named[0]).toEqual([file, thumbnail]);
    expect(named[1]?.slice(0, 3)).toEqual([file, thumbnail, nameOf(2)]);
  });

  it('mentions each person once, in the order given', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const send = (mentions: unknown) => messenger.messages.send(ann, { chat_id, content: 'x', mentions } as never);
    const [a, b] = [ann.user_id, bob.user_id];
    expect((await send([b, a, b, b, a])).mentions).toEqual([b, a]);
    for (const nobody of [[], undefined]) expect(await send(nobody)).not.toHaveProperty('mentions');
    expect(await refusal(send([0]))).toEqual(['INVALID_INPUT', 'mentions.0']);
    expect(await refusal(send(['1']))).toEqual(['INVALID_INPUT', 'mentions.0']);
    expect(await refusal(send(Array(101).fill(b)))).toEqual(['INVALID_INPUT', 'mentions']);
  });

  it('is text, or media, and never nothing', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const send = (input: object) => refusal(messenger.messages.send(ann, { chat_id, content: '', ...input } as never));
    for (const none of [{}, { media: null }, { mentions: [1] }]) {
      expect(await send(none)).toEqual(['INVALID_INPUT', 'content']);
    }
    expect(await send({ media: {} })).toEqual(['INVALID_INPUT', 'media.url']);
    expect(await send({ media: { url: '' } })).toEqual(['INVALID_INPUT', 'media.url']);
    for (const url of [
      'javascript:alert(1)',
      'JavaScript:1',
      'data:text/html,x',
      'java\nscript:1',
      ' javascript:1',
      '\0',
    ]) {
      expect(await send({ media: { url } })).toEqual(['INVALID_INPUT', 'media.url']);
      expect(await send({ media: { url: 'a', thumbnail_url: url } })).toEqual(['INVALID_INPUT', 'media.thumbnail_url']);
    }
    for (const filename of ['../../x', 'a\\b', 'a\0b']) {
      expect(await send({ media: { url: 'a', filename } })).toEqual(['INVALID_INPUT', 'media.filename']);
    }
    expect(await send({ media: { url: 'a', size: -1 } })).toEqual(['INVALID_INPUT', 'media.size']);
    expect(await send({ media: { url: 'a', duration: Number.POSITIVE_INFINITY } })).toEqual([
      'INVALID_INPUT',
      'media.duration',
    ]);
    expect(await send({ content: 'x', message_type: 'system' })).toEqual(['INVALID_INPUT', 'message_type']);
    expect(await messenger.messages.history(ann, { chat_id })).toEqual([]);
    const sent = await messenger.messages.send(ann, { chat_id, content: '', media: { url: 'a', evil: 1 } as never });
    expect(sent.media).toEqual({ url: 'a' });
    for (const url of ['/static/x.png', 'https://example.org/a?b=c:d', 'HTTP://example.org', 'a/b:c']) {
      expect(await send({ media: { url, filename: 'Größe 1.png' } })).toEqual(['passed', undefined]);
    }
  });

  it('is, of a reply, the message that it answers as it stands now', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const first = await messenger.messages.send(ann, { chat_id, content: 'first' });
    const input = { chat_id, content: 'reply', reply_to_id: first.id, client_id: 'reply' };
    const reply = await messenger.messages.send(bob, input);
    const reply_to = { id: first.id, sender_id: ann.user_id, message_type: 'text', content: 'first' };
    expect(reply.reply_to).toEqual(reply_to);
    expect(await messenger.messages.send(bob, input)).toEqual({ ...reply, duplicate: true });
    const quoteIn = async () => (await messenger.messages.history(ann, { chat_id }))[0]?.reply_to;
    expect(await quoteIn()).toEqual(reply_to);
    await messenger.messages.edit(ann, { message_id: first.id, content: 'anew' });
    expect(await quoteIn()).toEqual({ ...reply_to, content: 'anew' });
    expect((await messenger.messages.edit(bob, { message_id: reply.id, content: 'Reply' })).reply_to).toEqual({
      ...reply_to,
      content: 'anew',
    });
    await messenger.messages.delete(ann, { message_id: first.id });
    const [left] = await messenger.messages.history(ann, { chat_id });
    expect(left).toMatchObject({ content: 'Reply', reply_to_id: first.id });
    expect(left).not.toHaveProperty('reply_to');
  });

  it('of a chat that one was in before has no news of it in a page that is kept', async () => {
    const { messenger, owner, members, chat_id } = await startGroup(['Ann', 'Bob']);
    const sent = await messenger.messages.send(owner, { chat_id, content: 'x' });
    for (const content of ['y', 'z']) {
      for (const caller of members) await messenger.messages.history(caller, { chat_id });
      await messenger.messages.edit(owner, { message_id: sent.id, content });
      for (const caller of members) {
        expect(await messenger.messages.history(caller, { chat_id })).toMatchObject([{ content }]);
        expect(await messenger.messages.history(caller, { chat_id, with_system: true })).toMatchObject([{ content }]);
      }
    }
  });
});
