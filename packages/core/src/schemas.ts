import {
  type Chat,
  type Me,
  type Media,
  type Member,
  type Message,
  messageTypes,
  protocolLimits,
  type Upload,
  type UploadedMedia,
  type User,
} from '@dialect/protocol';
import { z } from 'zod';

/** The building blocks of every use case's input and output. */

export const id = z.int().positive().max(Number.MAX_SAFE_INTEGER);
export const seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const clientId = z.string().regex(new RegExp(protocolLimits.client_id_pattern), {
  error: 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -',
});
export const messageType = z.enum(messageTypes);
/** The address of a device at its push service. Letters, digits and a few signs in practice; a key of its table. */
export const deviceToken = z.string().regex(/^[\x21-\x7e]{1,512}$/, {
  error: 'must be 1 to 512 visible ASCII characters',
});
export const nothing = z.object({});
export const username = z
  .string()
  .regex(/^@?[\p{L}\p{N}_][\p{L}\p{N}_.-]{2,49}$/u, { error: 'must be 3 to 50 letters, digits, _, . or -' });
/** The bytes of a file. What comes as JSON is never one. */
export const upload = z
  .custom<Upload>(isUpload, { error: 'must be a file' })
  .meta({ type: 'string', format: 'binary' });

const ill_formed = { error: 'must be well-formed Unicode' };

/** Text as the wire can carry it back unchanged: not empty, well-formed (no lone surrogates), at most so many bytes. */
export const text = (max_bytes: number) =>
  z.string().superRefine((value, context) => {
    const problem = textProblem(value, max_bytes);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

/** The same, or empty. */
export const optionalText = (max_bytes: number) =>
  z.string().superRefine((value, context) => {
    const problem = value === '' ? null : textProblem(value, max_bytes);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

/** Text to the letter, well-formed like all text: bytes stored in place of a lone surrogate would be another text. */
export const characters = (max_characters: number) => z.string().max(max_characters).refine(isWellFormed, ill_formed);

/** Some lines about somebody: trimmed, and possibly empty. */
export const lines = (max_characters: number) =>
  z
    .string()
    .trim()
    .max(max_characters)
    .refine(isWellFormed, ill_formed)
    .refine((value) => !/[^\P{Cc}\n\r\t]/u.test(value), {
      error: 'must have no control characters but line breaks and tabs',
    });

/** What shows nothing: spaces, what only steers other characters, and letters that are blank by design. */
const unseen = /^(?:[\p{Cf}\p{Z}\u115f\u1160\u2800\u3164\uffa0]|[\ufe00-\ufe0f])+$/u;

/** A name of people or chats: one line, trimmed, possibly empty; a name that shows nothing could be anybody's. */
export const name = (max_characters: number) =>
  z
    .string()
    .trim()
    .max(max_characters)
    .refine(isWellFormed, ill_formed)
    .refine((value) => !/\p{Cc}/u.test(value), { error: 'must have no control characters' })
    .refine((value) => !unseen.test(value), { error: 'must have something to be seen' });

/** Of a file, as others see it and open it: of the web or relative, and never a program (`javascript:`, `data:`). */
const fileUrl = characters(1024).regex(/^(?!(?!https?:)[a-z][a-z0-9+.-]*:)[^\s\p{Cc}]+$/iu, {
  error: 'must be an http(s) URL or a path',
});

function textProblem(value: string, max_bytes: number): string | null {
  if (value.length === 0) return 'must not be empty';
  // A UTF-16 unit is at most 3 bytes of UTF-8: only long texts need to be measured.
  if (value.length * 3 > max_bytes && Buffer.byteLength(value) > max_bytes) return `must be at most ${max_bytes} bytes`;
  // Most texts have no surrogates at all, and for them one scan is enough.
  if (/[\ud800-\udfff]/.test(value) && !isWellFormed(value)) return ill_formed.error;
  return null;
}

/** String.prototype.isWellFormed of ES2024, which TypeScript's ES2023 library does not declare. */
export function isWellFormed(value: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value);
}

function isUpload(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Uint8Array || value instanceof Blob || Symbol.asyncIterator in value;
}

const time = z.iso.datetime();

export const userSchema = z.object({
  id,
  username: z.string().nullable(),
  first_name: z.string(),
  last_name: z.string().nullable(),
  public_key: z.string(),
  avatar_url: z.string().nullable(),
  banner_url: z.string().nullable(),
  bio: z.string().nullable(),
  status_text: z.string().nullable(),
  status_expires_at: time.nullable(),
  is_online: z.boolean(),
  last_seen_at: time.nullable(),
  created_at: time,
}) satisfies z.ZodType<User>;

export const meSchema = userSchema.extend({
  phone_number: z.string().nullable(),
  external_id: z.string().nullable(),
}) satisfies z.ZodType<Me>;

export const memberSchema = userSchema.extend({
  user_id: id,
  role: z.enum(['owner', 'admin', 'member']),
  nickname: z.string().nullable(),
  joined_at: time,
  left_at: time.nullable(),
  is_active: z.boolean(),
  joined_seq: seq,
  read_seq: seq,
  delivered_seq: seq,
  rev: seq,
}) satisfies z.ZodType<Member>;

export const mediaSchema = z.object({
  url: fileUrl,
  media_type: characters(255).nullish(),
  size: z.int().min(0).nullish(),
  filename: characters(255)
    .regex(/^[^\p{Cc}/\\]*$/u, { error: 'must be a name without folders' })
    .nullish(),
  width: z.int().min(0).nullish(),
  height: z.int().min(0).nullish(),
  duration: z.number().min(0).nullish(),
  thumbnail_url: fileUrl.nullish(),
}) satisfies z.ZodType<Media>;

const sentType = z.enum([...messageTypes, 'system']);

export const messageSchema = z.object({
  id,
  chat_id: id,
  seq,
  rev: seq,
  sender_id: id.nullable(),
  client_id: z.string(),
  content: z.string(),
  message_type: sentType,
  sent_at: time,
  status: z.enum(['sent', 'delivered', 'read']),
  reply_to_id: id.nullable(),
  is_pinned: z.boolean(),
  is_edited: z.boolean(),
  edited_at: time.nullable(),
  is_deleted: z.boolean(),
  reply_to: z.exactOptional(z.object({ id, sender_id: id, message_type: sentType, content: z.string().nullable() })),
  forward: z.exactOptional(z.object({ user_id: id, chat_id: id, message_id: id })),
  mentions: z.exactOptional(z.array(id)),
  media: z.exactOptional(mediaSchema),
  reactions: z.exactOptional(z.array(z.object({ emoji: z.string(), user_ids: z.array(id) }))),
  system: z.exactOptional(z.object({ kind: z.enum(['member_added', 'member_removed', 'member_left']), user_id: id })),
}) satisfies z.ZodType<Message>;

export const chatSchema = z.object({
  id,
  chat_type: z.enum(['private', 'group']),
  chat_name: z.string().nullable(),
  avatar_url: z.string().nullable(),
  owner_id: id.nullable(),
  participants: z.array(memberSchema),
  rev: seq,
  last_seq: seq,
  last_message: messageSchema.nullable(),
  unread_count: z.int(),
  unread_capped: z.boolean(),
  read_seq: seq,
  delivered_seq: seq,
  cleared_seq: seq,
  muted_until: time.nullable(),
  created_at: time,
  updated_at: time,
}) satisfies z.ZodType<Chat>;

export const confirmationSchema = z.object({ message: z.string() });

export const marksSchema = z.object({ chat_id: id, user_id: id, read_seq: seq, delivered_seq: seq });

export const uploadedMediaSchema = z.object({
  url: z.string(),
  filename: z.string(),
  media_type: z.string(),
  size: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  thumbnail_url: z.string().nullable(),
}) satisfies z.ZodType<UploadedMedia>;

export const tokenSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
});
