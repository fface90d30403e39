import type { Hooks } from './hooks.js';
import type {
  BlobStore,
  Clock,
  EventBus,
  FileTypes,
  ImageProcessor,
  Logger,
  PasswordHasher,
  PushSender,
  RateLimiter,
  Storage,
  TokenSigner,
  UsernameFilter,
  UsernameSnapshot,
} from './ports/index.js';
import type { PushOptions } from './push/options.js';

export type { PushOptions };

/** Who a request comes from, as the host's `identify` tells it. */
export type Identity = (
  | { user_id: number }
  /** The host's own id, as a text of any form, not empty; the user is created at first sight. */
  | { external_id: string; first_name?: string; last_name?: string | null }
) & {
  /** Milliseconds since 1970; a live connection must renew by then. Without it the identity does not expire. */
  expires_at?: number;
  session_id?: string;
};

export interface IdentifyRequest {
  /** The bearer token, when one came (header, `?token=`, `hello` or `auth` frame). */
  token?: string;
  headers: { get(name: string): string | null };
  url: string;
}

export type Identify = (request: IdentifyRequest) => Identity | null | Promise<Identity | null>;

export interface AccountsOptions {
  /** Signs the access tokens: at least 32 bytes, from a generator and not from a keyboard. */
  secret: string | Uint8Array;
  /** @default 60 */
  token_minutes?: number;
  /** @default argon2id, m=19456 KiB, t=2, p=1 (OWASP), two at a time */
  passwords?: PasswordHasher;
  /** @default HS256 by jose */
  tokens?: TokenSigner;
  /** @default a Bloom filter that grows with the names: 2 bytes for each */
  usernames?: UsernameFilter;
  /**
   * Keeps the filter over a restart, such as `createFileSnapshot('./data/usernames.filter')`, so that it need not be
   * read from the database before it can answer. @default none
   */
  username_snapshot?: UsernameSnapshot;
}

export interface LimitOptions {
  /** @default 30 */
  group_members?: number;
  /** Each user's messages; Infinity switches the limit off. @default 20, and 40 at once */
  messages_per_second?: number;
  /** @default 50 */
  page_size?: number;
  /** @default 100 */
  page_size_max?: number;
  /** Changes to chats that may wait to be written; more are refused as BUSY. @default 20000 */
  pending_writes?: number;
  /** Devices of one user that notifications go to; the oldest makes room. @default 10 */
  devices_per_user?: number;
  /** Bytes of one uploaded file. @default 52428800 */
  upload_bytes?: number;
  /** How long a file is kept that no message and no profile refers to; Infinity for ever. @default 24 */
  unused_media_hours?: number;
}

export interface MessengerOptions<Connection = unknown> {
  storage: Storage<Connection>;
  /** Our own accounts (phone and password); false when the host brings its users. @default false */
  accounts?: AccountsOptions | false;
  /** Asked for every HTTP request and connection; with `accounts` on, their tokens are tried first. */
  identify?: Identify;
  limits?: LimitOptions;
  /** Where files are kept, such as `createDiskBlobStore(folder)`. @default nowhere: uploads are refused as MEDIA_OFF */
  blobs?: BlobStore;
  /** @default sharp, which is loaded when there are `blobs` */
  images?: ImageProcessor;
  /** @default file-type, which is loaded when there are `blobs` */
  file_types?: FileTypes;
  /** The host's code before and after use cases. */
  hooks?: Hooks;
  /** Where notifications for people who are not connected go. @default nowhere */
  push?: PushSender;
  push_options?: PushOptions;
  /** Milliseconds for which read and delivered marks are gathered before they are written together. @default 200 */
  marks_delay_ms?: number;
  /** Must not lose events yet: nobody repairs a gap on the server's side. @default in process */
  bus?: EventBus;
  /** @default in memory */
  rate_limiter?: RateLimiter;
  /** @default the system's */
  clock?: Clock;
  /** @default warnings and errors as JSON lines on stderr */
  logger?: Logger;
}

export type Limits = Required<LimitOptions>;

export function resolveLimits(given: LimitOptions = {}): Limits {
  return {
    group_members: 30,
    messages_per_second: 20,
    page_size: 50,
    page_size_max: 100,
    pending_writes: 20_000,
    devices_per_user: 10,
    upload_bytes: 50 * 1024 * 1024,
    unused_media_hours: 24,
    ...given,
  };
}
