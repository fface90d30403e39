import { createTestMessenger } from '@dialect/core/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createDatabase, describeMysql } from '../../../tests/support/mysql.js';
import { mysql } from '../src/index.js';

describeMysql("a messenger's transactions that meet in a deadlock", () => {
  it('end with one of them BUSY, of which nothing is left, and the other whole', async () => {
    const database = await createDatabase();
    const messenger = await createTestMessenger({ storage: mysql(database.url) });
    onTestFinished(async () => {
      await messenger.close();
      await database.remove();
    });
    const [ann, bob, cem] = await Promise.all(['ann', 'bob', 'cem'].map((name) => messenger.person(name)));
    if (!ann || !bob || !cem) throw new Error('Somebody is missing.');
    const x = (await messenger.chats.createPrivate(ann, { target_user_id: bob.user_id })).id;
    const y = (await messenger.chats.createPrivate(ann, { target_user_id: cem.user_id })).id;
    messenger.events.length = 0;

    let begun = 0;
    let goOn = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const cross = (first: number, second: number) =>
      messenger.transaction(async ({ messages }) => {
        await messages.send(ann, { chat_id: first, content: 'one' });
        begun += 1;
        if (begun === 2) goOn();
        await both;
        await messages.send(ann, { chat_id: second, content: 'two' });
        return [first, second];
      });
    const outcomes = await Promise.allSettled([cross(x, y), cross(y, x)]);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost.map(({ reason }) => reason)).toMatchObject([{ code: 'BUSY', retryable: true }]);
    const [first, second] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
    const told = messenger.events.flatMap((event) => (event.type === 'message_created' ? event.message : []));
    expect(told.map(({ chat_id, content }) => [chat_id, content])).toEqual([
      [first, 'one'],
      [second, 'two'],
    ]);
    for (const chat_id of [x, y]) {
      const history = await messenger.messages.history(ann, { chat_id });
      expect(history.map(({ content }) => content)).toEqual([chat_id === first ? 'one' : 'two']);
    }
    expect(messenger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
