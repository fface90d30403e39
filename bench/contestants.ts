import type { WireName } from './generator/wires/index.ts';

export interface Contestant {
  name: string;
  title: string;
  script: string;
  wire: WireName;
  settings: ServerSettings;
  /** Where its messages are, for the count after each trial; absent when it stores nothing. */
  store?: { file: string; table: string };
}

/** What a server script is told beside its folder. */
export interface ServerSettings {
  synchronous?: 'NORMAL' | 'FULL';
}

export const ours = 'dialect';

export const contestants: readonly Contestant[] = [
  {
    name: ours,
    title: 'this SDK on SQLite, fsync before every ack',
    script: 'servers/dialect.js',
    wire: 'dialect',
    settings: {},
    store: { file: 'dialect.db', table: 'dialect_messages' },
  },
  {
    name: 'relay',
    title: 'bare ws server that stores nothing',
    script: 'servers/relay.js',
    wire: 'dialect',
    settings: {},
  },
  {
    name: 'socketio-normal',
    title: 'Socket.IO + better-sqlite3, WAL, synchronous=NORMAL: acks are lost with the power',
    script: 'servers/socketio.js',
    wire: 'socketio',
    settings: { synchronous: 'NORMAL' },
    store: { file: 'socketio.db', table: 'messages' },
  },
  {
    name: 'socketio-full',
    title: 'Socket.IO + better-sqlite3, WAL, synchronous=FULL: fsync before every ack',
    script: 'servers/socketio.js',
    wire: 'socketio',
    settings: { synchronous: 'FULL' },
    store: { file: 'socketio.db', table: 'messages' },
  },
];
