/**
 * The shapes that travel: one form per entity, the same names as in the database and in the domain.
 * Ids are integers below 2^53. Times are ISO 8601 in UTC with `Z`. Data fields are snake_case.
 */

export type Id = number;
export type Timestamp = string;

/** The bytes of a file: in memory, a browser's file, or a stream. */
export type Upload = Uint8Array | BlobLike | AsyncIterable<Uint8Array>;

/** The part of `Blob` that is used, so that these types need neither a browser's library nor Node's. */
export interface BlobLike {
  readonly size: number;
  stream(): object;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A file that was stored. */
export interface UploadedMedia {
  /** `/static/...`, for a message; whoever knows it may read the file, and nobody can guess it. */
  url: string;
  /** As the uploader called it. */
  filename: string;
  /** What the bytes say, whatever the file was called. */
  media_type: string;
  size: number;
  /** Pixels as the picture is seen; null when it is none that we can read. */
  width: number | null;
  height: number | null;
  thumbnail_url: string | null;
}

export type StatusDuration = 'forever' | '30m' | '1h' | '5h' | '12h' | '24h';

export type ChatType = 'private' | 'group';
export type Role = 'owner' | 'admin' | 'member';

/** The kinds of content a message may declare; the content itself is opaque text and never checked against its kind. */
export const messageTypes = [
  'text',
  'image',
  'video',
  'audio',
  'voice',
  'file',
  'sticker',
  'location',
  'contact',
] as const;
export type MessageType = (typeof messageTypes)[number];

/** What a message can carry besides its text: a file that was uploaded, told as the upload told it. */
export interface Media {
  url: string;
  /** MIME type. */
  media_type?: string | null | undefined;
  /** Bytes. */
  size?: number | null | undefined;
  filename?: string | null | undefined;
  /** Pixels. */
  width?: number | null | undefined;
  height?: number | null | undefined;
  /** Seconds. */
  duration?: number | null | undefined;
  thumbnail_url?: string | null | undefined;
}

/** The message that another one answers, as it stands now. */
export interface Quote {
  id: Id;
  sender_id: Id;
  message_type: MessageType | 'system';
  /** Null when it is too long to travel along. */
  content: string | null;
}

/** Where a forwarded message was first written, and by whom. */
export interface Forward {
  user_id: Id;
  chat_id: Id;
  message_id: Id;
}

export interface Reaction {
  emoji: string;
  user_ids: Id[];
}

/** What the chat tells of itself: `sender_id` of the message did it, `user_id` is whom it was done to. */
export interface SystemNote {
  kind: 'member_added' | 'member_removed' | 'member_left';
  user_id: Id;
}
/** What a device that push notifications go to runs. */
export const deviceTypes = ['android', 'ios', 'web'] as const;
export type DeviceType = (typeof deviceTypes)[number];

/** How far a message has come among the *other* members: `read` as soon as one of them has read it. */
export type MessageStatus = 'sent' | 'delivered' | 'read';

export interface User {
  id: Id;
  /** Null for people whom a host brought without one. */
  username: string | null;
  first_name: string;
  last_name: string | null;
  /** The key of the user's end-to-end encryption, opaque to the server; empty when none was given. */
  public_key: string;
  avatar_url: string | null;
  banner_url: string | null;
  bio: string | null;
  status_text: string | null;
  status_expires_at: Timestamp | null;
  is_online: boolean;
  last_seen_at: Timestamp | null;
  created_at: Timestamp;
}

/** The caller's own profile: what others do not see comes on top. */
export interface Me extends User {
  phone_number: string | null;
  external_id: string | null;
}

/** A user in a chat. `id` and `user_id` are the same number: the seeds' clients read one or the other. */
export interface Member extends User {
  user_id: Id;
  role: Role;
  nickname: string | null;
  joined_at: Timestamp;
  /** Set on a tombstone: the user has left or was removed. */
  left_at: Timestamp | null;
  is_active: boolean;
  /** Messages above this number were written while the user was a member. */
  joined_seq: number;
  /** High-water marks: everything up to and including this `seq` has been read, or has reached a device. */
  read_seq: number;
  delivered_seq: number;
  rev: number;
}

export interface Message {
  id: Id;
  chat_id: Id;
  /** The number of the message in its chat: 1..n without holes. */
  seq: number;
  /** The revision of the chat at which this message last changed. */
  rev: number;
  sender_id: Id | null;
  /** The sender's own id of the message; a repeat of it is the same message. */
  client_id: string;
  content: string;
  /** `system`: the chat tells of itself, in `system`. */
  message_type: MessageType | 'system';
  sent_at: Timestamp;
  status: MessageStatus;
  reply_to_id: Id | null;
  is_pinned: boolean;
  is_edited: boolean;
  edited_at: Timestamp | null;
  /** A tombstone: the content is gone, the number stays. */
  is_deleted: boolean;
  /** The message with `reply_to_id`; absent when it has been deleted. */
  reply_to?: Quote;
  /** These are absent where there is nothing to say. */
  forward?: Forward;
  mentions?: Id[];
  media?: Media;
  reactions?: Reaction[];
  system?: SystemNote;
}

/** Somebody who has read a message. */
export interface Reader {
  user_id: Id;
  read_at: Timestamp;
}

/** A chat as one of its members sees it: the name of a private chat, the unread count and the marks are the viewer's. */
export interface Chat {
  id: Id;
  chat_type: ChatType;
  /** In a private chat the other person's name. */
  chat_name: string | null;
  avatar_url: string | null;
  owner_id: Id | null;
  participants: Member[];
  /** Counts every durable change of the chat; see `docs/protocol.md`. */
  rev: number;
  last_seq: number;
  last_message: Message | null;
  /** Exact up to 1,000; from there on 1,000, and `unread_capped` says so. */
  unread_count: number;
  unread_capped: boolean;
  read_seq: number;
  delivered_seq: number;
  /** Messages up to this number are cleared: the viewer is given them in no list. */
  cleared_seq: number;
  /** The viewer wants no notifications until then. */
  muted_until: Timestamp | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/**
 * What changed in a chat between two revisions, as state and not as a log: the rows whose `rev` is higher than `from`,
 * deleted messages and departed members as tombstones. After applying it the reader knows the chat up to `to`.
 */
export interface Changes {
  chat_id: Id;
  from: number;
  to: number;
  /** Present when the chat itself changed, and in a snapshot. */
  chat?: Chat;
  members: Member[];
  messages: Message[];
  /**
   * True when this is the newest page instead of a difference (the reader knew nothing, `from` is 0): messages below
   * the first one come through `messages.history`.
   */
  snapshot: boolean;
  /** True when the answer was cut at its page size: ask again from `to`. */
  more: boolean;
}

/** Where the caller's chats stand: the cheap question before `sync.changes`. */
export interface Heads {
  /** Changes when the operator restores the database from a backup: everything known before is void. */
  epoch: string;
  /** `is_hidden`: deleted by the caller for themselves; it is back with the next message. */
  chats: { chat_id: Id; rev: number; is_member: boolean; is_hidden: boolean }[];
}

export interface Token {
  access_token: string;
  token_type: 'bearer';
  /** Seconds until the token expires. */
  expires_in: number;
}

/** An answer that only confirms (the seeds' clients show the text). */
export interface Confirmation {
  message: string;
}

/** A member's marks after they moved. */
export interface Marks {
  chat_id: Id;
  user_id: Id;
  read_seq: number;
  delivered_seq: number;
}
