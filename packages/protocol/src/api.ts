import type {
  Changes,
  Chat,
  Confirmation,
  DeviceType,
  Heads,
  Id,
  Marks,
  Me,
  Media,
  Message,
  MessageType,
  Reader,
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
      username?: string | null | undefined;
      first_name?: string | null | undefined;
      last_name?: string | null | undefined;
      public_key?: string | null | undefined;
    };
    output: Me;
  };
  /** OAuth2's password form: `username` is the phone number. */
  'auth.signIn': { input: { username: string; password: string }; output: Token };
  'auth.renew': { input: Record<string, never>; output: Token };
  'auth.checkPhone': { input: { phone_number: string }; output: { exists: boolean } };

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
  /** The device rings for the caller from here on, and for nobody else. */
  'users.addDevice': { input: { fcm_token: string; device_type?: DeviceType | undefined }; output: Confirmation };
  'users.removeDevice': { input: { fcm_token: string }; output: Confirmation };

  /** Repeats are fine. See `docs/blacklist.md`. */
  'users.block': { input: { user_id: Id }; output: Confirmation };
  'users.unblock': { input: { user_id: Id }; output: Confirmation };
  /** Whom the caller has blocked, the latest first. */
  'users.blocked': { input: { limit?: number | undefined; offset?: number | undefined }; output: User[] };

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
  'chats.rename': { input: { chat_id: Id; name: string }; output: Confirmation };
  /** How a member is called in this chat; without a nickname by their own name again. */
  'chats.setNickname': {
    input: { chat_id: Id; user_id: Id; nickname?: string | null | undefined };
    output: Confirmation;
  };
  /** No notifications for so long, or until further notice; 0 ends it. Mine alone. */
  'chats.mute': { input: { chat_id: Id; for_seconds?: number | null | undefined }; output: Confirmation };
  /** For me: a group is left, a private chat is emptied and out of sight until somebody writes. Or gone for everyone. */
  'chats.delete': { input: { chat_id: Id; for_everyone?: boolean | undefined }; output: Confirmation };
  /** Empties the chat: for me, or for everyone. */
  'chats.clear': { input: { chat_id: Id; for_everyone?: boolean | undefined }; output: Confirmation };
  'chats.setAvatar': { input: { chat_id: Id; file: Upload }; output: Chat };
  'chats.removeAvatar': { input: { chat_id: Id }; output: Chat };

  'messages.send': {
    input: {
      chat_id: Id;
      /** Kept and given back as it is. May be empty when there is `media`. */
      content: string;
      message_type?: MessageType | undefined;
      /** `[A-Za-z0-9_-]{1,64}`; the server makes one when none comes, and then a retry is a second message. */
      client_id?: string | undefined;
      reply_to_id?: Id | null | undefined;
      /** Members whom the message is meant for: they are told even when they have muted the chat. Others never are. */
      mentions?: Id[] | undefined;
      /** What was uploaded before, or lies elsewhere on the web. */
      media?: Media | null | undefined;
    };
    output: Message & { duplicate: boolean };
  };
  /** Another chat's message, written into this one as mine, with the name of who wrote it first. */
  'messages.forward': {
    input: { message_id: Id; chat_id: Id; client_id?: string | undefined };
    output: Message & { duplicate: boolean };
  };
  'messages.get': { input: { message_id: Id }; output: Message };
  /** My own message. `if_rev`: only if nobody has changed it since that revision. */
  'messages.edit': { input: { message_id: Id; content: string; if_rev?: number | undefined }; output: Message };
  /** For everyone: my own message, or as the owner of a group any. Else it is gone for me alone. */
  'messages.delete': { input: { message_id: Id; for_everyone?: boolean | undefined }; output: Confirmation };
  'messages.pin': { input: { message_id: Id; is_pinned?: boolean | undefined }; output: Message };
  /** The pinned messages of a chat, the latest pinned first. */
  'messages.pins': {
    input: { chat_id: Id; limit?: number | undefined; offset?: number | undefined };
    output: Message[];
  };
  /** A reaction of mine, put on the message or (`is_on: false`) taken off. */
  'messages.react': { input: { message_id: Id; emoji: string; is_on?: boolean | undefined }; output: Message };
  /** Who among the others has read the message, and when. */
  'messages.readers': { input: { message_id: Id }; output: Reader[] };
  'messages.history': {
    input: {
      chat_id: Id;
      limit?: number | undefined;
      offset?: number | undefined;
      before_seq?: number | undefined;
      after_seq?: number | undefined;
      /** With the messages that tell of joining and leaving: the seeds' clients know none. @default false */
      with_system?: boolean | undefined;
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
