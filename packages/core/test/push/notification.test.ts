import { messageTypes } from '@dialect/protocol';
import { describe, expect, it } from 'vitest';
import { notificationText } from '../../src/domain/notification.js';

const ann = { first_name: 'Ann', last_name: 'Lee' };
const alone = { chat_type: 'private', chat_name: null } as const;
const textOf = (content: string) => notificationText({ message_type: 'text', content }, ann, alone).body as string;

describe('the text of a notification', () => {
  it('is the sender’s name, and in a group the group’s too', () => {
    const message = { message_type: 'text', content: 'Hello' } as const;
    expect(notificationText(message, ann, alone)).toEqual({ title: 'Ann Lee', body: 'Hello' });
    const friends = { chat_type: 'group', chat_name: 'Friends' } as const;
    expect(notificationText(message, ann, friends).title).toBe('Ann Lee · Friends');
  });

  it('has a label for whatever is no text, and never the content', () => {
    for (const message_type of messageTypes.filter((type) => type !== 'text')) {
      const { body } = notificationText({ message_type, content: 'https://secret' }, ann, alone);
      expect(body).toMatch(/^[A-Z][a-z ]+$/);
    }
  });

  it('is clipped to 200 characters, and no character is cut in two', () => {
    expect(textOf('x'.repeat(200))).toBe('x'.repeat(200));
    expect(textOf('x'.repeat(201))).toBe(`${'x'.repeat(199)}…`);
    expect(textOf('🙂'.repeat(200))).toBe('🙂'.repeat(200));
    expect(textOf('🙂'.repeat(60_000))).toBe(`${'🙂'.repeat(199)}…`);
    expect(textOf(`x${'🙂'.repeat(300)}`)).toBe(`x${'🙂'.repeat(198)}…`);
  });
});
