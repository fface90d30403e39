import type { WireName } from './generator/wires/index.ts';
import type { ServerSettings } from './servers/settings.ts';
import { mysqlDatabase } from './stores/mysql-database.ts';
import { sqliteFile } from './stores/sqlite-file.ts';
import type { Store } from './stores/store.ts';

export interface Contestant {
  name: string;
  title: string;
  script: string;
  wire: WireName;
  settings: ServerSettings;
  /** Where its messages are, for the count after each trial; absent when it stores nothing. */
  store?: Store;
  /** Our own code, which `--profile` looks into. */
  is_ours: boolean;
}

/** The one that every other is compared with. */
export const ours = 'dialect';

export const contestants: readonly Contestant[] = [
  {
    name: ours,
    title: 'this SDK on SQLite, fsync before every ack',
    script: 'servers/dialect.js',
    wire: 'dialect',
    settings: {},
    store: sqliteFile('dialect.db', 'dialect_messages'),
    is_ours: true,
  },
  {
    name: 'dialect-mysql',
    title: 'this SDK on MySQL or MariaDB, flushed at every commit before every ack',
    script: 'servers/dialect.js',
    wire: 'dialect',
    settings: {},
    store: mysqlDatabase('dialect_messages'),
    is_ours: true,
  },
  {
    name: 'relay',
    title: 'bare ws server that stores nothing',
    script: 'servers/relay.js',
    wire: 'dialect',
    settings: {},
    is_ours: false,
  },
  {
    name: 'socketio-normal',
    title: 'Socket.IO + better-sqlite3, WAL, synchronous=NORMAL: acks are lost with the power',
    script: 'servers/socketio.js',
    wire: 'socketio',
    settings: { synchronous: 'NORMAL' },
    store: sqliteFile('socketio.db', 'messages'),
    is_ours: false,
  },
  {
    name: 'socketio-full',
    title: 'Socket.IO + better-sqlite3, WAL, synchronous=FULL: fsync before every ack',
    script: 'servers/socketio.js',
    wire: 'socketio',
    settings: { synchronous: 'FULL' },
    store: sqliteFile('socketio.db', 'messages'),
    is_ours: false,
  },
];
