/**
 * What a test sees and does behind the port's back, for the few promises that no method of the port can show: the read
 * log, that nothing is left of what failed, and what other versions write. It sees what is committed.
 */
export interface StorageProbe {
  /** How many are stored, with the departed members and the deleted messages. */
  count(what: 'users' | 'credentials' | 'chats' | 'members' | 'messages' | 'media'): Promise<number>;
  /** The moves of one member's read mark, in ascending `seq`. */
  readLog(chat_id: number, user_id: number): Promise<{ seq: number; at: number }[]>;
  /** Marks a message as deleted (`deleted_at` is 1), under its chat's next `rev`. */
  deleteMessage(chat_id: number, seq: number): Promise<void>;
  /** Gives a row another id. Other rows that hold the old one need not follow. */
  renumber(what: 'users' | 'chats' | 'messages', id: number, new_id: number): Promise<void>;
  /** What is recorded of the migrations under a prefix, `dialect_` when not given; empty where nothing is recorded. */
  migrations(prefix?: string): Promise<unknown[]>;
  /** Makes the database look like a newer version's. Resolves with what the refusal has to name, for its operator. */
  pretendNewer(): Promise<string>;
}

/**
 * The probe of every adapter that is built on `@dialect/storage-sql`.
 * @param run runs a statement without parameters on the tables `dialect_...`, and resolves with its rows
 */
export function sqlProbe(run: (text: string) => Promise<readonly Record<string, unknown>[]>): StorageProbe {
  return {
    async count(what) {
      const [row] = await run(`select count(*) as n from dialect_${what}`);
      return Number(row?.n);
    },

    async readLog(chat_id, user_id) {
      const where = `chat_id = ${chat_id} and user_id = ${user_id}`;
      const rows = await run(`select seq, at from dialect_read_log where ${where} order by seq`);
      return rows.map(({ seq, at }) => ({ seq: Number(seq), at: Number(at) }));
    },

    async deleteMessage(chat_id, seq) {
      await run(`update dialect_chats set rev = rev + 1 where id = ${chat_id}`);
      const rev = `(select rev from dialect_chats where id = ${chat_id})`;
      await run(`update dialect_messages set deleted_at = 1, rev = ${rev} where chat_id = ${chat_id} and seq = ${seq}`);
    },

    async renumber(what, id, new_id) {
      await run(`update dialect_${what} set id = ${new_id} where id = ${id}`);
    },

    async migrations(prefix = 'dialect_') {
      return [...(await run(`select name, applied_at from ${prefix}migrations order by name`))];
    },

    async pretendNewer() {
      await run("insert into dialect_migrations (name, applied_at) values ('999-future', 0)");
      return '999-future';
    },
  };
}
