import { expect, it } from 'vitest';
import { describeMysql } from '../../../tests/support/mysql.js';
import { startChild } from '../../adapter-sqlite/test/child.js';
import {
  append,
  group,
  memberOf,
  messagesOf,
  mustWrite,
  people,
  post,
  start_at,
  upTo,
} from '../../core/src/testing/storage/world.js';
import {
  openHost,
  openRival,
  openStorage,
  type Rival,
  type TestStorage,
  until,
  untilWaiting,
  watchErrors,
} from './test-storage.js';

const deadlock = 1213;
const lock_wait_timeout = 1205;

/** Work that a deadlock would cost the rival: the server undoes whoever has changed less. */
async function makeHeavy({ database }: TestStorage, rival: Rival): Promise<void> {
  await database.sql('create table heavy (n integer)');
  await rival.query(`insert into heavy values ${upTo(500).map((n) => `(${n})`)}`);
}

describeMysql('several writers', () => {
  it('number without holes and without repeats from four processes at once', async () => {
    const { storage, database } = await openStorage();
    const user_ids = await people(storage, 4);
    const chat_id = await group(storage, user_ids);
    const children = user_ids.map((user_id) =>
      startChild('../../adapter-mysql/test/writer-process.ts', database.url, chat_id, user_id, 250),
    );
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.process.stdin?.write('go\n');
    expect(await Promise.all(children.map((child) => child.line()))).toEqual(Array(4).fill('250 stored'));
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0, 0]);

    const rows = await messagesOf(storage, chat_id);
    expect(rows.map((row) => [row.seq, row.rev])).toEqual(upTo(1_000).map((n) => [n, n + 1]));
    expect(new Set(rows.map((row) => row.content)).size).toBe(1_000);
    // They did write at the same time, and not one after another.
    const changes = rows.filter((row, index) => row.sender_id !== rows[index - 1]?.sender_id);
    expect(changes.length).toBeGreaterThan(4);
  }, 60_000);

  it('survive a deadlock among members', async () => {
    const bed = await openStorage();
    const { storage, database } = bed;
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 3);
    const errors = watchErrors();
    const rival = await openRival(database);
    await makeHeavy(bed, rival);
    const lock = (user_id: number) =>
      rival.query(`select 1 from dialect_members where chat_id = ${chat_id} and user_id = ${user_id} for update`);
    await lock(bob);
    const marking = storage.members.advance([
      { kind: 'read', chat_id, user_id: ann, seq: 2, at: start_at },
      { kind: 'read', chat_id, user_id: bob, seq: 3, at: start_at },
    ]);
    await untilWaiting(database, 1);
    await lock(ann);
    await rival.end();
    expect(await marking).toMatchObject([{ read_seq: 2 }, { read_seq: 3 }]);
    expect(errors).toContain(deadlock);
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({ read_seq: 3 });
  });

  it('survive a deadlock among users', async () => {
    const bed = await openStorage();
    const { storage, database } = bed;
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const errors = watchErrors();
    const rival = await openRival(database);
    await makeHeavy(bed, rival);
    const lock = (id: number) => rival.query(`select 1 from dialect_users where id = ${id} for update`);
    await lock(bob);
    const blocking = storage.blocks.add({ blocker_id: bob, blocked_id: ann, at: start_at });
    await untilWaiting(database, 1);
    await lock(ann);
    await rival.end();
    await blocking;
    expect(errors).toContain(deadlock);
    expect(await database.sql('select blocker_id from dialect_blocks')).toEqual([{ blocker_id: bob }]);
  });

  it('try again when a lock was not to be had in time', async () => {
    const { storage, database } = await openHost({}, ['set session innodb_lock_wait_timeout = 1']);
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const errors = watchErrors();
    const rival = await openRival(database);
    await rival.query(`select 1 from dialect_chats where id = ${chat_id} for update`);
    const writing = mustWrite(storage, append(chat_id, ann));
    await until(() => errors.includes(lock_wait_timeout));
    await untilWaiting(database, 1);
    await rival.end();
    await writing;
    expect(await messagesOf(storage, chat_id)).toHaveLength(1);
  });
});
