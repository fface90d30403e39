import type {
  Changes,
  Chat,
  Confirmation,
  Heads,
  Id,
  Marks,
  Me,
  Message,
  MessageType,
  StatusDuration,
  Token,
  Upload,
  UploadedMedia,
  User,
} from './wire.js';

/**
 * Every use case that a client may call: what goes in and what comes out. The core's declarations are checked against
 * this record, and the client's methods are made from it, so neither can drift.
 */
export interface Api {
  'auth.register': {
    input: {
      /** E.164, with or without `+`; `phone` is the same field by its other name. */
      phone_number?: string | undefined;
      phone?: string | undefined;
      password: string;
      /** Needed unless `first_name` is given. */
      username?: string | undefined;
      first_name?: string | undefined;
      last_name?: string | null | undefined;
      public_key?: string | undefined;
    };
    output: Me;
  };
  /** OAuth2's password form: `username` is the phone number. */
  'auth.signIn': { input: { username: string; password: string }; output: Token };
  'auth.renew': { input: Record<string, never>; output: Token };

  'users.me': { input: Record<string, never>; output: Me };
  'users.get': { input: { user_id: Id }; output: User };
  'users.search': {
    input: {
      q?: string | undefined;
      query?: string | undefined;
      limit?: number | undefined;
      offset?: number | undefined;
    };
    output: User[];
  };
  'users.checkUsername': { input: { username: string }; output: { is_available: boolean } };

  /** What is not given stays as it is. Null or an empty text takes away what may be absent. */
  'users.update': {
    input: {
      first_name?: string | null | undefined;
      last_name?: string | null | undefined;
      bio?: string | null | undefined;
      status_text?: string | null | undefined;
      /** How long the status stands. @default 'forever', with a `status_text` */
      status_duration?: StatusDuration | null | undefined;
      username?: string | null | undefined;
      public_key?: string | null | undefined;
    };
    output: Me;
  };
  'users.setAvatar': { input: { file: Upload }; output: Me };
  'users.removeAvatar': { input: Record<string, never>; output: Me };
  'users.setBanner': { input: { file: Upload }; output: Me };
  'users.removeBanner': { input: Record<string, never>; output: Me };
  /** Stores a file; a message carries its `url`. */
  'media.upload': { input: { file: Upload; filename?: string | undefined }; output: UploadedMedia };

  'chats.create': {
    input: {
      chat_type: 'private' | 'group';
      participant_ids: Id[];
      chat_name?: string | null | undefined;
      client_id?: string | undefined;
    };
    output: Chat;
  };
  /** One chat per pair: an existing one is the answer. */
  'chats.createPrivate': { input: { target_user_id: Id }; output: Chat };
  'chats.createGroup': {
    input: { chat_name: string; participant_ids: Id[]; client_id?: string | undefined };
    output: Chat;
  };
  'chats.list': {
    input: {
      limit?: number | undefined;
      offset?: number | undefined;
      /** Only chats that stand below this one in the list: the keyset form of paging. */
      after_chat_id?: Id | undefined;
    };
    output: Chat[];
  };
  'chats.get': { input: { chat_id: Id }; output: Chat };
  'chats.addMember': { input: { chat_id: Id; user_id: Id }; output: Confirmation };
  'chats.removeMember': { input: { chat_id: Id; user_id: Id }; output: Confirmation };
  'chats.leave': { input: { chat_id: Id }; output: Confirmation };

  'messages.send': {
    input: {
      chat_id: Id;
      content: string;
      message_type?: MessageType | undefined;
      /** `[A-Za-z0-9_-]{1,64}`; the server makes one when none comes, and then a retry is a second message. */
      client_id?: string | undefined;
      reply_to_id?: Id | null | undefined;
    };
    output: Message & { duplicate: boolean };
  };
  'messages.history': {
    input: {
      chat_id: Id;
      limit?: number | undefined;
      offset?: number | undefined;
      before_seq?: number | undefined;
      after_seq?: number | undefined;
    };
    /** Newest first, except with `after_seq`: then oldest first. May be shared with others who asked: copy to change. */
    output: readonly Message[];
  };
  /** Everything up to the message is read; by its id or by its number. */
  'messages.markRead': {
    input: { chat_id: Id; message_id?: Id | undefined; seq?: number | undefined };
    output: Marks;
  };
  'messages.markDelivered': {
    input: { chat_id: Id; message_id?: Id | undefined; seq?: number | undefined };
    output: Marks;
  };
  'messages.typing': { input: { chat_id: Id; is_typing: boolean }; output: Confirmation };

  'sync.heads': { input: Record<string, never>; output: Heads };
  'sync.changes': {
    input: { chat_id: Id; since: number; limit?: number | undefined };
    output: Changes;
  };
}

export type MethodName = keyof Api;
export type Input<N extends MethodName> = Api[N]['input'];
export type Output<N extends MethodName> = Api[N]['output'];

/** `messages.send` becomes `messages: { send }`, with `Extra` arguments before the input. */
export type Methods<Extra extends unknown[] = []> = {
  [G in MethodName as Group<G>]: {
    [N in MethodName as N extends `${Group<G>}.${infer Name}` ? Name : never]: (
      ...args: [...Extra, ...(Record<string, never> extends Input<N> ? [input?: Input<N>] : [input: Input<N>])]
    ) => Promise<Output<N>>;
  };
};
type Group<N extends string> = N extends `${infer G}.${string}` ? G : never;
