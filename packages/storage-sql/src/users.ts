import type { NewCredential, UserRow, Users } from '@dialect/core';
import { sql as raw } from 'kysely';
import { createMediaMarks } from './media.js';
import type { Bindable, SqlConnection } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Sql } from './statement.js';

const instr: NonNullable<SqlDialect['contains']> = (text, part) => raw`instr(${text}, ${part}) > 0`;

type Names = Pick<UserRow, 'username_key' | 'first_name' | 'last_name'>;

const normal = (text: string): string => text.normalize('NFKC').toLowerCase();
/** Characters: a normal form can be many times as long as what it was made from, and this is only searched in. */
const search_key_length = 700;
const searchKey = ({ username_key, first_name, last_name }: Names): string =>
  [...normal([username_key, first_name, last_name].filter(Boolean).join(' '))].slice(0, search_key_length).join('');

const picturesOf = ({ avatar_url, banner_url }: UserRow) => [avatar_url, banner_url];

const columns = [
  'id',
  'external_id',
  'username',
  'username_key',
  'first_name',
  'last_name',
  'public_key',
  'avatar_url',
  'banner_url',
  'bio',
  'status_text',
  'status_expires_at',
  'last_seen_at',
  'urev',
  'created_at',
] as const;

export function createUsers(sql: Sql): Bindable<Users> {
  const { contains = instr } = sql.dialect;
  const byExternalId = sql.statement((db, v: { external_id: string }) =>
    db.selectFrom('users').select(columns).where('external_id', '=', v.external_id),
  );
  const byUsername = sql.statement((db, v: { username_key: string }) =>
    db.selectFrom('users').select('id').where('username_key', '=', v.username_key),
  );
  const byIds = sql.listStatement((db, ids: number[]) => db.selectFrom('users').select(columns).where('id', 'in', ids));
  const insert = sql.statement((db, v: Omit<UserRow, 'id'> & { search_key: string }) =>
    db
      .insertInto('users')
      .values(
        Object.fromEntries(
          [...columns, 'search_key' as const].flatMap((name) => (name === 'id' ? [] : [[name, v[name]]])),
        ) as never,
      ),
  );
  const insertCredential = sql.statement((db, v: { user_id: number; kind: string; lookup: string; secret: string }) =>
    db.insertInto('credentials').values({ user_id: v.user_id, kind: v.kind, lookup: v.lookup, secret: v.secret }),
  );
  const rename = sql.statement(
    (db, v: { id: number; first_name: string; last_name: string | null; search_key: string }) =>
      db
        .updateTable('users')
        .set({ first_name: v.first_name, last_name: v.last_name, search_key: v.search_key })
        .where('id', '=', v.id),
  );
  const lock = sql.statement((db, v: { id: number }) =>
    sql.dialect.forUpdate(db.selectFrom('users').select(columns).where('id', '=', v.id)),
  );
  const saveProfile = sql.statement((db, v: UserRow & { search_key: string }) =>
    db
      .updateTable('users')
      .set((eb) => ({
        username: v.username,
        username_key: v.username_key,
        first_name: v.first_name,
        last_name: v.last_name,
        public_key: v.public_key,
        avatar_url: v.avatar_url,
        banner_url: v.banner_url,
        bio: v.bio,
        status_text: v.status_text,
        status_expires_at: v.status_expires_at,
        search_key: v.search_key,
        urev: eb('urev', '+', 1),
      }))
      .where('id', '=', v.id),
  );
  const { exchange } = createMediaMarks(sql);
  type Search = { text: string; phone: string | null; viewer_id: number | null; limit: number; offset: number };
  const find = sql.statement((db, v: Search) =>
    db
      .selectFrom('users')
      .select(columns)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('blocks')
              .select('blocked_id')
              .whereRef('blocker_id', '=', 'users.id')
              .where('blocked_id', '=', v.viewer_id),
          ),
        ),
      )
      .where((eb) =>
        eb.or([
          contains(eb.ref('search_key'), v.text),
          eb(
            'id',
            '=',
            eb
              .selectFrom('credentials')
              .select('user_id')
              .where('kind', '=', 'phone')
              .where('lookup', '=', v.phone as string),
          ),
        ]),
      )
      .orderBy('id')
      .limit(v.limit)
      .offset(v.offset),
  );
  const names = sql.statement((db, v: { after_id: number; limit: number }) =>
    db
      .selectFrom('users')
      .select(['id', 'username_key'])
      .$narrowType<{ username_key: string }>()
      .where('id', '>', v.after_id)
      .where('username_key', 'is not', null)
      .orderBy('id')
      .limit(v.limit),
  );
  const saw = sql.statement((db, v: { user_id: number; at: number }) =>
    db
      .updateTable('users')
      .set({ last_seen_at: v.at })
      .where('id', '=', v.user_id)
      .where((eb) => eb.or([eb('last_seen_at', 'is', null), eb('last_seen_at', '<', v.at)])),
  );

  const byLookup = sql.statement((db, v: { kind: string; lookup: string }) =>
    db
      .selectFrom('credentials')
      .select(['user_id', 'secret'])
      .where('kind', '=', v.kind)
      .where('lookup', '=', v.lookup),
  );

  async function create(connection: SqlConnection, user: Omit<UserRow, 'id'>): Promise<UserRow> {
    const { insert_id } = await insert.run(connection, { ...user, search_key: searchKey(user) });
    return { ...user, id: insert_id };
  }

  /** The account that this very call made before it was cut off: nobody else has this secret, a salted hash. */
  async function findOwn(connection: SqlConnection, credential: NewCredential): Promise<UserRow | undefined> {
    const known = await byLookup.first(connection, credential);
    if (known?.secret !== credential.secret) return undefined;
    const [row] = await byIds(connection, [known.user_id], {});
    return row;
  }

  return (work) => ({
    async create(user, credential) {
      try {
        return await work.write(async (connection, { may_have_committed }) => {
          const own = may_have_committed ? await findOwn(connection, credential) : undefined;
          if (own) return { user: own };
          const row = await create(connection, { ...blank, ...user });
          await insertCredential.run(connection, { user_id: row.id, ...credential });
          return { user: row };
        });
      } catch (error) {
        // The unique keys decide the race; which of them was hit says what was taken.
        const key = sql.dialect.violatedKey(error);
        if (key?.includes('username_key')) return { taken: 'username' };
        if (key?.includes('lookup')) return { taken: 'credential' };
        throw error;
      }
    },

    async upsert({ external_id, at, ...given }) {
      const known = await work.read((connection) => byExternalId.first(connection, { external_id }));
      const named = known && { ...known, ...given };
      // Asked for every request of a host's user: only what is new is written.
      if (named && named.first_name === known.first_name && named.last_name === known.last_name) return known;
      const write = () =>
        work.write(async (connection) => {
          const row = await byExternalId.first(connection, { external_id });
          if (!row) {
            return create(connection, { ...blank, external_id, first_name: external_id, ...given, created_at: at });
          }
          const renamed = { ...row, ...given };
          const { id, first_name, last_name } = renamed;
          await rename.run(connection, { id, first_name, last_name, search_key: searchKey(renamed) });
          return renamed;
        });
      return write().catch((error: unknown) => {
        // Another one brought the same person at the same time: now they are found.
        if (sql.dialect.violatedKey(error)?.includes('external_id')) return write();
        throw error;
      });
    },

    async update(user_id, patch, at) {
      try {
        return await work.write(async (connection) => {
          const row = await lock.first(connection, { id: user_id });
          if (!row) return null;
          const user = { ...row, ...patch, urev: row.urev + 1 };
          await saveProfile.run(connection, { ...user, search_key: searchKey(user) });
          const freed = await exchange(connection, { before: picturesOf(row), after: picturesOf(user), at });
          return { user, freed };
        });
      } catch (error) {
        if (sql.dialect.violatedKey(error)?.includes('username_key')) return { taken: 'username' };
        throw error;
      }
    },

    get: (ids) => work.read((connection) => byIds(connection, ids, {})),

    isUsernameTaken: (username_key) =>
      work.read(async (connection) => (await byUsername.first(connection, { username_key })) !== null),

    search: ({ text, viewer_id = null, ...page }) =>
      work.read((connection) => find.all(connection, { text: normal(text), viewer_id, ...page })),

    usernames: (after_id, limit) => work.read((connection) => names.all(connection, { after_id, limit })),

    seen: (sightings) =>
      work.write(async (connection) => {
        // In one order everywhere, so that two nodes cannot wait for each other.
        for (const sighting of [...sightings].sort((a, b) => a.user_id - b.user_id))
          await saw.run(connection, sighting);
      }),
  });
}

const blank: Omit<UserRow, 'id' | 'first_name' | 'created_at'> = {
  external_id: null,
  username: null,
  username_key: null,
  last_name: null,
  public_key: '',
  avatar_url: null,
  banner_url: null,
  bio: null,
  status_text: null,
  status_expires_at: null,
  last_seen_at: null,
  urev: 0,
};
