import type { Migration } from './migration.js';

/** The files that people uploaded: what they are and who refers to them. The bytes are in the blob store. */
export const media = {
  name: '003-media',
  statements({ db, dialect, named }) {
    const { integer, key, text } = dialect.types;
    return [
      dialect.finishTable(
        db.schema
          .createTable('media')
          .addColumn('name', key(64), (column) => column.primaryKey().notNull())
          .addColumn('owner_id', integer, (column) => column.notNull())
          .addColumn('kind', key(16), (column) => column.notNull())
          .addColumn('media_type', text(127), (column) => column.notNull())
          .addColumn('size', integer)
          .addColumn('filename', text(255))
          .addColumn('width', integer)
          .addColumn('height', integer)
          .addColumn('thumbnail', key(64))
          .addColumn('created_at', integer, (column) => column.notNull())
          .addColumn('used_at', integer)
          .addColumn('removed_at', integer),
      ),
      // The clean-up's two questions: what is about to go, and what nobody refers to.
      db.schema.createIndex(named('media_unused')).on('media').columns(['removed_at', 'used_at', 'created_at']),
    ];
  },
} as const satisfies Migration;
