import type { Blocks } from './blocks.js';
import type { Chats } from './chats.js';
import type { Devices } from './devices.js';
import type { Media } from './media.js';
import type { Members } from './members.js';
import type { Messages } from './messages.js';
import type { Pushes } from './pushes.js';
import type { Credentials, Users } from './users.js';

/** The part of a storage that works the same inside a host's transaction. */
export interface StorageRepositories {
  users: Users;
  credentials: Credentials;
  chats: Chats;
  members: Members;
  messages: Messages;
  blocks: Blocks;
  devices: Devices;
  pushes: Pushes;
  media: Media;
}

/**
 * Where everything durable lives. Promises of every method: what is acknowledged is committed and flushed to disk;
 * reads see every commit acknowledged before them; one method is atomic, and nothing of a failed one remains. A list of
 * ids may be of any length (all connections of a node can end at once) and hold an id twice, which is answered once. A
 * database that another program keeps locked for longer than a storage waits makes it throw BUSY.
 */
export interface Storage<Connection = unknown> extends StorageRepositories {
  /**
   * What may share one `chats.write`: operations on any chats where the whole database has one writer, on one chat
   * where writers of different chats run side by side. `max`: operations in one batch.
   */
  batching: { scope: 'database' | 'chat'; max: number };
  /**
   * Optional: one transaction for the host's rows and ours. `work` is lent the driver's own connection, and repositories
   * that read and write inside the transaction; they are done with when `work` ends. Committed and flushed to disk when
   * the promise resolves; rolled back, with whatever the host wrote, when `work` throws. Never runs `work` twice.
   */
  transaction?<T>(work: (repositories: StorageRepositories, connection: Connection) => Promise<T>): Promise<T>;
  /**
   * Creates or upgrades the schema; safe when several processes start at once, and after one that was killed in the
   * middle. `report` hears of what takes time. @throws StorageError when the database cannot keep our promises
   */
  migrate(report?: (line: string) => void): Promise<void>;
  /** The id of this database's history; a restored backup gets a new one. */
  epoch(): Promise<string>;
  /** Rejects when the database cannot be reached. */
  ping(): Promise<void>;
  /** Waits for what is running, then lets go of the database. */
  close(): Promise<void>;
}
