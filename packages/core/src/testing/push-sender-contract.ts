import { expect } from 'vitest';
import type { PushNotification, PushSender } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

/** How the service behind a sender is to treat a token. */
export type PushTreatment = 'accept' | 'unregistered' | 'unavailable' | 'unauthorized' | 'cut';

export interface PushSenderSubject {
  sender: PushSender;
  /** What the service does with this token from now on; it accepts what nothing was said of. */
  treat(token: string, treatment: PushTreatment): void;
  /** What the service has accepted, in the order of arrival: all texts in it as one string. */
  accepted(): { token: string; text: string }[];
}

const notification = (token: string, given: Partial<PushNotification> = {}): PushNotification => ({
  token,
  device_type: 'android',
  title: 'Ann',
  body: 'Hello',
  chat_id: 4,
  message_id: 17,
  ...given,
});

const kindsOf = async (sender: PushSender, tokens: readonly string[]): Promise<string[]> =>
  (await sender.send(tokens.map((token) => notification(token)))).map(({ kind }) => kind);

export const pushSenderCases: Cases<PushSenderSubject> = {
  'has a name for its operator'({ sender }) {
    expect(sender.name).toMatch(/\w/);
  },

  async 'delivers title, body and ids'({ sender, accepted }) {
    expect(await sender.send([notification('one')])).toEqual([{ kind: 'delivered' }]);
    expect(accepted()).toHaveLength(1);
    const [{ token, text }] = accepted() as [{ token: string; text: string }];
    expect(token).toBe('one');
    for (const part of ['Ann', 'Hello', '4', '17']) expect(text).toContain(part);
  },

  async 'delivers without a body'({ sender, accepted }) {
    const title = 'New message';
    expect(await sender.send([notification('one', { title, body: null })])).toEqual([{ kind: 'delivered' }]);
    expect(accepted()[0]?.text).not.toContain('Hello');
  },

  async 'answers each for itself, in the order of asking'({ sender, treat, accepted }) {
    treat('gone', 'unregistered');
    treat('later', 'unavailable');
    expect(await kindsOf(sender, ['one', 'gone', 'two', 'later', 'three'])).toEqual([
      ...['delivered', 'dead', 'delivered', 'retry', 'delivered'],
    ]);
    expect(
      accepted()
        .map(({ token }) => token)
        .sort(),
    ).toEqual(['one', 'three', 'two']);
  },

  async 'says that an operator has to act, and why, without the token'({ sender, treat }) {
    treat('a-secret-token', 'unauthorized');
    const [outcome] = await sender.send([notification('a-secret-token')]);
    expect(outcome?.kind).toBe('refused');
    expect(JSON.stringify(outcome)).not.toContain('a-secret-token');
  },

  async 'tries again later what got no answer, and works again when the service does'({ sender, treat }) {
    treat('one', 'cut');
    const outcomes = await sender.send([notification('one')]).catch(() => [{ kind: 'retry' }]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['retry']);
    treat('one', 'accept');
    expect(await kindsOf(sender, ['one'])).toEqual(['delivered']);
  },

  async 'takes none and takes many'({ sender, accepted }) {
    expect(await sender.send([])).toEqual([]);
    const tokens = Array.from({ length: 1_100 }, (_, n) => `token-${n}`);
    expect(new Set(await kindsOf(sender, tokens))).toEqual(new Set(['delivered']));
    expect(new Set(accepted().map(({ token }) => token))).toEqual(new Set(tokens));
  },
};

export function pushSenderContract(options: {
  name: string;
  /** A sender with its service, which is gone when the check is over. */
  use: (check: (subject: PushSenderSubject) => Promise<void> | void) => Promise<void>;
}): void {
  runCases(`push sender contract: ${options.name}`, pushSenderCases, options.use, 60_000);
}
