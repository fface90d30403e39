import type { Media, MediaRow } from '@dialect/core';
import type { Bindable, SqlConnection } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

const columns = [
  'name',
  'owner_id',
  'kind',
  'media_type',
  'size',
  'filename',
  'width',
  'height',
  'thumbnail',
  'created_at',
  'used_at',
] as const;

type References = { media_names?: readonly string[]; at: number };
type Urls = readonly (string | null)[];
type Pictures = { before: Urls; after: Urls; at: number };

/** A URL of ours ends in the name of its file. */
const filesOf = (urls: Urls): string[] =>
  urls.flatMap((url) => (url === null ? [] : url.slice(url.lastIndexOf('/') + 1)));

/** Names in one statement. */
const slice = 64;

/** In one order everywhere, so that two writers cannot wait for each other. */
async function inSlices(names: readonly string[], run: (slice: string[]) => Promise<unknown>): Promise<void> {
  for (const some of inChunks([...new Set(names)].sort(), slice)) await run(some);
}

/** What others do in their own transactions: a file is in use from the commit on that stores what refers to it. */
export function createMediaMarks(sql: Sql) {
  const use = sql.listStatement((db, names: string[], v: { at: number }) =>
    db
      .updateTable('media')
      .set({ used_at: v.at })
      .where('name', 'in', names)
      .where('size', 'is not', null)
      .where('used_at', 'is', null)
      .where('removed_at', 'is', null),
  );
  const condemn = sql.listStatement((db, names: string[], v: { at: number }) =>
    db.updateTable('media').set({ removed_at: v.at }).where('name', 'in', names).where('removed_at', 'is', null),
  );

  /** The files of an operation are in use, from the first time on. */
  function claim(connection: SqlConnection, { media_names = [], at }: References): Promise<void> {
    return inSlices(media_names, (some) => use(connection, some, { at }));
  }

  /** Pictures take the place of others. @returns the files of those that are no longer there, which may go */
  async function exchange(connection: SqlConnection, { before, after, at }: Pictures): Promise<string[]> {
    const [old, now] = [filesOf(before), filesOf(after)];
    const freed = old.filter((name) => !now.includes(name));
    await claim(connection, { media_names: now.filter((name) => !old.includes(name)), at });
    await inSlices(freed, (some) => condemn(connection, some, { at }));
    return freed;
  }

  return { claim, exchange };
}

export function createMedia(sql: Sql): Bindable<Media> {
  type New = Parameters<Media['add']>[0];
  type Facts = Parameters<Media['finish']>[1];
  const insert = sql.statement((db, v: New) =>
    db.insertInto('media').values({
      name: v.name,
      owner_id: v.owner_id,
      kind: v.kind,
      media_type: v.media_type,
      size: null,
      filename: v.filename,
      width: null,
      height: null,
      thumbnail: null,
      created_at: v.created_at,
      used_at: null,
      removed_at: null,
    }),
  );
  const known = sql.statement((db, v: { name: string }) =>
    db.selectFrom('media').select('name').where('name', '=', v.name),
  );
  const complete = sql.statement((db, v: Facts & { name: string }) =>
    db
      .updateTable('media')
      .set({ size: v.size, width: v.width, height: v.height, thumbnail: v.thumbnail })
      .where('name', '=', v.name)
      .where('removed_at', 'is', null),
  );
  const readable = sql.listStatement((db, names: string[]) =>
    db
      .selectFrom('media')
      .select(columns)
      .where('name', 'in', names)
      .where('size', 'is not', null)
      .where('removed_at', 'is', null)
      .$narrowType<{ size: number }>(),
  );
  const unused = sql.statement((db, v: { before: number; limit: number }) =>
    db
      .selectFrom('media')
      .select('name')
      .where('removed_at', 'is', null)
      .where('used_at', 'is', null)
      .where('created_at', '<', v.before)
      .orderBy('created_at')
      .limit(v.limit),
  );
  // Asks again whether it is unused: somebody may have come to refer to it since it was found.
  const condemnUnused = sql.listStatement((db, names: string[], v: { at: number }) =>
    db
      .updateTable('media')
      .set({ removed_at: v.at })
      .where('name', 'in', names)
      .where('used_at', 'is', null)
      .where('removed_at', 'is', null),
  );
  const condemned = sql.statement((db, v: { limit: number }) =>
    db
      .selectFrom('media')
      .select('name')
      .where('removed_at', 'is not', null)
      .orderBy('removed_at')
      .orderBy('name')
      .limit(v.limit),
  );
  const remove = sql.listStatement((db, names: string[]) =>
    db.deleteFrom('media').where('name', 'in', names).where('removed_at', 'is not', null),
  );

  async function find(connection: SqlConnection, names: readonly string[]): Promise<MediaRow[]> {
    const rows: MediaRow[] = [];
    await inSlices(names, async (some) => rows.push(...(await readable(connection, some, {}))));
    return rows;
  }

  return (work) => ({
    add: (row) =>
      work.write(async (connection, { may_have_committed }) => {
        // The name is a random one: who has it is this very call, cut off while it committed.
        if (may_have_committed && (await known.first(connection, row))) return;
        await insert.run(connection, row);
      }),
    finish: (name, facts) =>
      work.write(async (connection) => (await complete.run(connection, { ...facts, name })).affected > 0),
    find: (names) => work.read((connection) => find(connection, names)),
    condemn: (names, at) =>
      work.write(async (connection) => {
        await inSlices(names, (some) => condemnUnused(connection, some, { at }));
        const kept = (await find(connection, names)).map((row) => row.name);
        return names.filter((name) => !kept.includes(name));
      }),
    condemnUnused: ({ before, at, limit }) =>
      work.write(async (connection) => {
        const left = limit - (await condemned.all(connection, { limit })).length;
        const found = left === 0 ? [] : await unused.all(connection, { before, limit: left });
        await inSlices(
          found.map((row) => row.name),
          (some) => condemnUnused(connection, some, { at }),
        );
        return (await condemned.all(connection, { limit })).map((row) => row.name);
      }),
    forget: (names) => work.write((connection) => inSlices(names, (some) => remove(connection, some, {}))),
  });
}
