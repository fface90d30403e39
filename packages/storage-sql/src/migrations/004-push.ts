import type { Migration } from './migration.js';

/** Devices, and what is on its way to them. */
export const push = {
  name: '004-push',
  statements({ db, dialect, named }) {
    const { integer, key, text } = dialect.types;

    const devices = dialect
      .generatedId(db.schema.createTable('devices'))
      .addColumn('fcm_token', key(512), (column) => column.notNull())
      .addColumn('user_id', integer, (column) => column.notNull())
      .addColumn('device_type', key(16), (column) => column.notNull())
      .addColumn('seen_at', integer, (column) => column.notNull())
      .addUniqueConstraint(named('devices_fcm_token'), ['fcm_token'] as never[]);

    const outbox = db.schema
      .createTable('push_outbox')
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('seq', integer, (column) => column.notNull())
      .addColumn('sender_id', integer, (column) => column.notNull())
      .addColumn('at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('push_outbox_primary'), ['chat_id', 'seq']);

    const pushes = db.schema
      .createTable('pushes')
      .addColumn('user_id', integer, (column) => column.notNull())
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('seq', integer, (column) => column.notNull())
      .addColumn('at', integer, (column) => column.notNull())
      .addColumn('due_at', integer, (column) => column.notNull())
      .addColumn('locked_until', integer, (column) => column.notNull())
      .addColumn('attempts', integer, (column) => column.notNull())
      .addColumn('device_ids', text(4_000))
      .addPrimaryKeyConstraint(named('pushes_primary'), ['user_id', 'chat_id']);

    return [
      ...[dialect.finishTable(devices), dialect.finishTable(outbox), dialect.finishTable(pushes)],
      db.schema.createIndex(named('devices_user')).on('devices').columns(['user_id', 'seen_at']),
      db.schema.createIndex(named('pushes_due')).on('pushes').columns(['due_at']),
    ];
  },
} as const satisfies Migration;
