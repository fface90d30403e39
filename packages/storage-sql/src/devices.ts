import type { DeviceRow, Devices } from '@dialect/core';
import type { Bindable } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

const keys_per_statement = 64;

export function createDevices(sql: Sql): Bindable<Devices> {
  type Owned = Pick<DeviceRow, 'fcm_token' | 'user_id'>;
  type NewDevice = Omit<DeviceRow, 'id'>;
  const lockUser = sql.statement((db, v: { user_id: number }) =>
    sql.dialect.forUpdate(db.selectFrom('users').select('id').where('id', '=', v.user_id)),
  );
  const byToken = sql.statement((db, v: { fcm_token: string }) =>
    sql.dialect.forUpdate(db.selectFrom('devices').select('id').where('fcm_token', '=', v.fcm_token)),
  );
  const insert = sql.statement((db, v: NewDevice) =>
    db.insertInto('devices').values({
      fcm_token: v.fcm_token,
      user_id: v.user_id,
      device_type: v.device_type,
      seen_at: v.seen_at,
    }),
  );
  const update = sql.statement((db, v: Omit<DeviceRow, 'fcm_token'>) =>
    db
      .updateTable('devices')
      .set({ user_id: v.user_id, device_type: v.device_type, seen_at: v.seen_at })
      .where('id', '=', v.id),
  );
  const newestFirst = sql.statement((db, v: { user_id: number }) =>
    db
      .selectFrom('devices')
      .select('id')
      .where('user_id', '=', v.user_id)
      .orderBy('seen_at', 'desc')
      .orderBy('id', 'desc'),
  );
  const removeIds = sql.listStatement((db, ids: number[]) => db.deleteFrom('devices').where('id', 'in', ids));
  const removeOwned = sql.rowsStatement((db, rows: Owned[]) =>
    db
      .deleteFrom('devices')
      .where((eb) =>
        eb.or(rows.map((row) => eb.and([eb('fcm_token', '=', row.fcm_token), eb('user_id', '=', row.user_id)]))),
      ),
  );
  const ofUsers = sql.listStatement((db, ids: number[]) =>
    db.selectFrom('devices').selectAll().where('user_id', 'in', ids),
  );

  return (work) => ({
    add({ max, ...device }) {
      const write = () =>
        work.write(async (connection) => {
          // One registration of a user at a time, or two would each leave room for the other.
          await lockUser.first(connection, device);
          const known = await byToken.first(connection, device);
          if (known) await update.run(connection, { ...device, id: known.id });
          else await insert.run(connection, device);
          const ids = (await newestFirst.all(connection, device)).map(({ id }) => id);
          await removeIds(connection, ids.slice(max), {});
        });
      return write().catch((error: unknown) => {
        // Somebody else registered the token at the same time: now it is found, and moves.
        if (sql.dialect.violatedKey(error)?.includes('fcm_token')) return write();
        throw error;
      });
    },
    async remove(devices) {
      if (devices.length === 0) return;
      await work.write(async (connection) => {
        for (const rows of inChunks(devices, keys_per_statement)) await removeOwned.run(connection, rows);
      });
    },
    of: (user_ids) => work.read((connection) => ofUsers(connection, user_ids, {})),
  });
}
