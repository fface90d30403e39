/** Limits of the protocol that both ends must agree on. The server's other limits are options of `createMessenger`. */
export const protocolLimits = {
  /** Bytes of one WebSocket message from a client; a larger one closes the connection with 1009. */
  frame_bytes: 512 * 1024,
  /** Bytes of a message's content, as UTF-8. */
  content_bytes: 60_000,
  /** Heads in one `hello` or `heads` frame. */
  heads_per_frame: 1_000,
  /** Chats in the catch-up of a client that knows nothing yet; the rest come through `chats.list`. */
  fresh_chats: 30,
  /** Messages of each chat in a snapshot. */
  snapshot_messages: 50,
  /** Unread messages that are counted exactly. */
  unread_cap: 1_000,
  client_id_pattern: '^[A-Za-z0-9_-]{1,64}$',
  /** Silence after which a native client pings, and the server pings a plain one. */
  ping_ms: 25_000,
  /** Silence after which either end gives the connection up. */
  silence_ms: 35_000,
  /** Time in which `hello` must come. */
  hello_ms: 10_000,
} as const;

/** Close codes. 1009 (too big) and 1007 (bad UTF-8) are RFC 6455's own, 1011 (internal error) and 1012 (service restart) are IANA's. */
export const closeCodes = {
  bad_frame: 4400,
  /** The token is missing, wrong or expired: get another one first. */
  unauthorized: 4401,
  /** Signed out elsewhere: do not come back with this token. */
  revoked: 4403,
  /** No hello, or silence. */
  timeout: 4408,
  unsupported_version: 4426,
  restart: 1012,
  /** The server could not do its part; try again. */
  internal: 1011,
} as const;
