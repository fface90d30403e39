import type { Caller, Messenger } from '@dialect/core';
import type { Chat, EventOf, Input, Message, MethodName, Output } from '@dialect/protocol';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { api } from '../src/api.js';
import { chatSchema, id } from '../src/schemas.js';
import { defineUseCase, type UseCase } from '../src/use-case.js';

// Checked by the compiler (`npm run check`); at run time there is nothing to see.
describe('types', () => {
  it('infer what a method takes and gives', () => {
    type Send = Messenger['messages']['send'];
    expectTypeOf<Parameters<Send>>().toEqualTypeOf<[caller: Caller | null, input: Input<'messages.send'>]>();
    expectTypeOf<Awaited<ReturnType<Send>>>().toEqualTypeOf<Message & { duplicate: boolean }>();
    expectTypeOf<Input<'messages.send'>['content']>().toEqualTypeOf<string>();
    expectTypeOf<Input<'messages.send'>['client_id']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Output<'chats.list'>>().toEqualTypeOf<Chat[]>();
    // Input may be left out where none is needed, and only there.
    expectTypeOf<Messenger['users']['me']>().toBeCallableWith({ user_id: 1 });
    expectTypeOf<Messenger['chats']['list']>().toBeCallableWith({ user_id: 1 });
    // @ts-expect-error: the input is missing
    expectTypeOf<Messenger['messages']['send']>().toBeCallableWith({ user_id: 1 });
  });

  it('let `call` take any method by its name', () => {
    const call = (() => undefined) as unknown as Messenger['call'];
    expectTypeOf(call('messages.send', { chat_id: 1, content: 'x' }, null)).resolves.toHaveProperty('seq');
    // @ts-expect-error: there is no such method
    call('messages.explode', {}, null);
    // @ts-expect-error: content is text
    call('messages.send', { chat_id: 1, content: 5 }, null);
  });

  it('have a use case for every method, and no other', () => {
    expectTypeOf<keyof typeof api>().toEqualTypeOf<MethodName>();
    expectTypeOf<(typeof api)['messages.send']>().toEqualTypeOf<UseCase<'messages.send'>>();
  });

  it('tell events apart', () => {
    expectTypeOf<EventOf<'message_created'>['message']>().toEqualTypeOf<Message>();
    expectTypeOf<EventOf<'message_read'>['seq']>().toEqualTypeOf<number>();
    expectTypeOf<EventOf<'typing'>>().not.toHaveProperty('rev');
  });

  it('refuse a declaration that does not fit the protocol', () => {
    const right = {
      name: 'chats.get',
      access: 'user',
      summary: 'One chat',
      input: z.object({ chat_id: id }),
      output: chatSchema,
    } as const;
    const run = async (): Promise<Chat> => ({}) as Chat;
    expectTypeOf(defineUseCase({ ...right, run })).toEqualTypeOf<UseCase<'chats.get'>>();
    // @ts-expect-error: not a method of the protocol
    defineUseCase({ ...right, name: 'chats.explode', run });
    // @ts-expect-error: the input does not take what the protocol promises to take
    defineUseCase({ ...right, input: z.object({ chat_id: z.string() }), run });
    // @ts-expect-error: the input wants more than the protocol promises
    defineUseCase({ ...right, input: z.object({ chat_id: id, reason: z.string() }), run });
    // @ts-expect-error: the answer is not what the protocol promises
    defineUseCase({ ...right, run: async () => ({ id: 1 }) });
    // @ts-expect-error: nor what the schema says
    defineUseCase({ ...right, output: z.object({ id }), run });
    // @ts-expect-error: anyone may call, so there may be no caller
    defineUseCase({ ...right, access: 'anyone', run: async (_, { caller }) => ({ id: caller.user_id }) as Chat });
    expectTypeOf(
      defineUseCase({ ...right, run: async ({ chat_id }, { caller }) => ({ id: chat_id + caller.user_id }) as Chat }),
    ).toEqualTypeOf<UseCase<'chats.get'>>();
  });
});
