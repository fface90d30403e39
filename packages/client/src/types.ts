import type {
  Chat,
  EventOf,
  Id,
  Input,
  MarkEvent,
  Me,
  Member,
  Message,
  MessageType,
  MethodName,
  Methods,
  Output,
  UserStatus,
} from '@dialect/protocol';
import type { Status } from './connection.js';
import type { Delivery } from './delivery.js';
import type { DialectError } from './errors.js';
import type { SendInput } from './outbox.js';
import type { Readable } from './readable.js';

/**
 * A message as it is to be shown. One that is still on its way has no `id`, `seq` and `rev`, stands at the end of the
 * list and keeps its `client_id` when it arrives: use that as the key of a list item.
 */
export interface MessageView extends Omit<Message, 'id' | 'seq' | 'rev' | 'status'> {
  id: Id | null;
  seq: number | null;
  rev: number | null;
  /** How far it has come among the other members. */
  delivery: Delivery;
  is_mine: boolean;
  /** Why it `failed`. */
  error: DialectError | null;
}

/** A chat as it is to be shown. Before the server has told of it, and after leaving it, `is_member` is false. */
export interface ChatState
  extends Pick<
    Chat,
    'chat_name' | 'avatar_url' | 'owner_id' | 'last_seq' | 'last_message' | 'read_seq' | 'muted_until'
  > {
  id: Id;
  chat_type: Chat['chat_type'] | null;
  is_member: boolean;
  /** The present members, with their marks. */
  members: readonly Member[];
  /** Messages of others that I have not read: exact, up to the cap of 1,000 that `unread_capped` tells of. */
  unread_count: number;
  unread_capped: boolean;
  created_at: string | null;
}

export interface SendOptions {
  content: string;
  /** @default 'text' */
  message_type?: MessageType | undefined;
  reply_to_id?: Id | null | undefined;
  /** Give one to send an operation again that an earlier page had in its `outbox`. `[A-Za-z0-9_-]{1,64}` */
  client_id?: string | undefined;
}

/**
 * A message that was handed to `send`. Awaiting it gives the message once the server has stored it durably, however
 * long the connection is away; it rejects when the server refuses it or it is taken back. Nothing happens to a
 * rejection that nobody awaits: the list shows it as `failed`.
 */
export interface Sent extends PromiseLike<Message> {
  readonly clientId: string;
  view: Readable<MessageView>;
  /** Sends a `failed` one again, after those that are waiting. Await `sent` anew for the outcome. */
  retry(): void;
  /** True when it was taken back. False when it has been on its way: then it may have arrived. */
  cancel(): boolean;
}

/** The loaded messages, oldest first, without holes: history, what is live and what is on its way. */
export interface MessageList extends Readable<readonly MessageView[]> {
  hasOlder: Readable<boolean>;
  /** Loads up to `n` messages before the oldest. @default 50 */
  loadOlder(n?: number): Promise<void>;
}

export interface Typing {
  /** Who else is typing. */
  users: Readable<readonly Id[]>;
  /** Call it on every keystroke: the others are told at most once in 3 seconds, and see it for 6. */
  start(): void;
  stop(): void;
}

export interface ChatHandle {
  readonly id: Id;
  state: Readable<ChatState>;
  messages: MessageList;
  typing: Typing;
  send(message: string | SendOptions): Sent;
  /** Everything up to the message with this id, or up to the newest, is read: here at once, for others within a second. */
  markRead(upTo?: Id): void;
  addMember(user_id: Id): Promise<void>;
  removeMember(user_id: Id): Promise<void>;
  leave(): Promise<void>;
}

/** Whom to talk to: `with` is a username (a leading `@` is fine) or a user's id. */
export interface OpenInput {
  with: string | Id;
}

export interface Chats extends Readable<readonly ChatHandle[]>, Omit<Methods['chats'], 'get' | 'createGroup'> {
  /** The private chat with somebody, made if there is none, with its newest messages loaded. */
  open(input: OpenInput): Promise<ChatHandle>;
  createGroup(input: Input<'chats.createGroup'>): Promise<ChatHandle>;
  hasMore: Readable<boolean>;
  /** Takes more chats into the list. @default 30 */
  loadMore(n?: number): Promise<void>;
}

export interface Auth extends AuthMethods {
  /** Signs in and holds the token. `phone` is the account's phone number. */
  login(input: { phone: string; password: string }): Promise<Me>;
  /** Forgets the token and everything that was loaded or waited to be sent, and closes the connection. */
  logout(): Promise<void>;
}

type AuthMethods = Methods['auth'];

/**
 * What `client.on` tells. `message_created` comes exactly once for every message, mine too, that arrives in a chat known
 * here, live or caught up after an absence; what a chat holds when it is first loaded is history. The others are about
 * the moment, and the readable state is the truth.
 */
export interface ClientEvents {
  message_created: { chat: ChatHandle; message: Message };
  chat_created: { chat: ChatHandle };
  /** I left the chat or was removed, or it is gone. */
  chat_removed: { chat: ChatHandle };
  member_changed: { chat: ChatHandle } & Pick<EventOf<'member_changed'>, 'member' | 'by'>;
  message_edited: MessageChange;
  message_deleted: MessageChange;
  message_pinned: MessageChange;
  message_reacted: MessageChange;
  message_read: { chat: ChatHandle } & MarkEvent;
  message_delivered: { chat: ChatHandle } & MarkEvent;
  typing: { chat: ChatHandle; user_id: Id; is_typing: boolean };
  /** Somebody with whom I share a private chat came, or went; `members` of the chats show it. */
  user_status: Omit<UserStatus, 'type'>;
  /** A connection ended; `code` is the close code. */
  disconnected: { code: number; reconnects: boolean };
}

interface MessageChange {
  chat: ChatHandle;
  /** The message as it stands now. */
  message: Message;
  by: Id;
}

export interface Client extends Omit<Methods, 'auth' | 'chats'> {
  status: Readable<Status>;
  /** The user who is signed in. */
  me: Readable<Me | null>;
  auth: Auth;
  /** The chats, the most recently active first. */
  chats: Chats;
  /** Messages that the server has not confirmed, in the order in which they were given. */
  outbox: Readable<readonly SendInput[]>;
  /**
   * Connects, and stays connected until `close()`. Resolves once everything that was missed is here; rejects when the
   * server refuses for good. While there is no network it goes on trying.
   */
  connect(): Promise<void>;
  /** Ends the connection and every timer. What is loaded and what waits to be sent stays; `connect()` continues. */
  close(): Promise<void>;
  /** The same object for the same id. */
  chat(id: Id): ChatHandle;
  /**
   * Calls a method of the server: over the socket when online, else over HTTP. Reads and `messages.send` are repeated
   * when the connection breaks; for others a NETWORK error leaves open whether the server did it.
   */
  call<N extends MethodName>(name: N, input: Input<N>): Promise<Output<N>>;
  on<K extends keyof ClientEvents>(
    type: K,
    listener: (event: ClientEvents[K]) => void,
    options?: { signal?: AbortSignal },
  ): () => void;
}

export type { SendInput };
