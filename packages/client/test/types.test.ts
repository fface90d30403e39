import { expectTypeOf, it } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import {
  type Chat,
  type ChatHandle,
  type Client,
  createClient,
  type Me,
  type Message,
  type MessageType,
  type MessageView,
  type Sent,
  type SocketClass,
  type User,
} from '../src/index.js';

it('infers inputs and outputs from the protocol', () => {
  expectTypeOf<Client['messages']['send']>().parameter(0).toMatchObjectType<{ chat_id: number; content: string }>();
  expectTypeOf<Client['messages']['send']>()
    .parameter(0)
    .toHaveProperty('message_type')
    .toEqualTypeOf<MessageType | undefined>();
  expectTypeOf<ReturnType<Client['messages']['send']>>().resolves.toEqualTypeOf<Message & { duplicate: boolean }>();
  expectTypeOf<ReturnType<Client['users']['search']>>().resolves.toEqualTypeOf<User[]>();
  // An input without fields may be left out, another may not.
  expectTypeOf<Client['users']['me']>().toBeCallableWith();
  // @ts-expect-error
  expectTypeOf<Client['users']['get']>().toBeCallableWith();

  const call = (client: Client) => client.call('chats.get', { chat_id: 1 });
  expectTypeOf(call).returns.resolves.toEqualTypeOf<Chat>();
  const wrong = (client: Client) => [
    // @ts-expect-error an unknown method
    () => client.call('chats.explode', {}),
    // @ts-expect-error a field of another type
    () => client.call('chats.get', { chat_id: '1' }),
    // @ts-expect-error a field is missing
    () => client.messages.send({ chat_id: 1 }),
  ];
  expectTypeOf(wrong).toBeFunction();
});

it('types what an app reads', () => {
  expectTypeOf<Client['me']['get']>().returns.toEqualTypeOf<Me | null>();
  expectTypeOf<Client['chats']['get']>().returns.toEqualTypeOf<readonly ChatHandle[]>();
  expectTypeOf<ChatHandle['messages']['get']>().returns.toEqualTypeOf<readonly MessageView[]>();
  expectTypeOf<Awaited<Sent>>().toEqualTypeOf<Message>();
  const listen = (client: Client) => {
    client.on('message_created', (event) =>
      expectTypeOf(event).toEqualTypeOf<{ chat: ChatHandle; message: Message }>(),
    );
    client.on('message_read', (event) => expectTypeOf(event.seq).toBeNumber());
    // @ts-expect-error an unknown event
    client.on('message', () => {});
  };
  expectTypeOf(listen).toBeFunction();
});

it('takes the WebSocket of browsers and that of ws', () => {
  expectTypeOf<typeof WebSocket>().toExtend<SocketClass>();
  expectTypeOf<typeof NodeWebSocket>().toExtend<SocketClass>();
  expectTypeOf(createClient).toBeCallableWith({ url: '', WebSocket: NodeWebSocket });
  expectTypeOf(createClient).toBeCallableWith({ url: '', token: 'text', fetch });
  expectTypeOf(createClient).toBeCallableWith({ url: '', token: async () => null });
});
