import { type AddressInfo, createServer, type Server } from 'node:net';
import { createConnection } from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { administrate, createDatabase, describeMysql, type MysqlDatabase } from '../../../tests/support/mysql.js';
import { disguise } from './support/mysql-front.js';
import { type Run, urlIn, useCommand } from './support/run-command.js';
import { talkTo, temporaryFolder } from './support/start-api.js';

const { run } = useCommand();

async function makeDatabase(): Promise<MysqlDatabase> {
  const database = await createDatabase();
  // By then the children that used it are dead, which the server notices a moment later.
  onTestFinished(() => database.remove());
  return database;
}
const serve = (DATABASE_URL: string, DATA_DIR = temporaryFolder()): Run =>
  run(['serve'], { PORT: '0', DATA_DIR, DATABASE_URL });
const migrate = (what: 'up' | 'status' | 'sql', DATABASE_URL: string) => run(['migrate', what], { DATABASE_URL }).ended;
const listening = async (server: Run) => urlIn(await server.until('Data '));
const tablesIn = async ({ sql, name }: MysqlDatabase) =>
  (await sql('select table_name as name from information_schema.tables where table_schema = ?', [name])).length;

/** The same database for another user, who may do there what is listed. */
async function asUser({ url, name }: MysqlDatabase, privileges: string): Promise<string> {
  const [user, password] = [`${name.slice(-24)}_u`, 'hunter2'];
  await administrate('create user ?@? identified by ?', [user, '%', password]);
  onTestFinished(() => administrate('drop user ?@?', [user, '%']).then(() => undefined));
  await administrate(`grant ${privileges} on ${name}.* to ?@?`, [user, '%']);
  return withUser(url, user, password);
}
function withUser(url: string, user: string, password: string): string {
  return Object.assign(new URL(url), { username: user, password }).href;
}

describeMysql('dialect serve, on MySQL or MariaDB', () => {
  test('people, tokens and messages outlive a server that was killed, and one that was stopped', async () => {
    const { url, name } = await makeDatabase();
    const DATA_DIR = temporaryFolder();
    const first = serve(url, DATA_DIR);
    const api = talkTo(await listening(first));
    expect(first.output()).toMatch(/^(Migrating: \S+\n)+Dialect is listening/);
    expect(first.output()).toMatch(new RegExp(`^ {2}Database {2}mysql \\S+@\\S+:\\d+/${name}$`, 'm'));
    const [anna, boris] = [await api.join('anna'), await api.join('boris')];
    const { id: chat_id } = (await anna.post('/chats/private', { target_user_id: boris.id })).body;
    const sent = await anna.post('/messages', { chat_id, content: '  Привет 😀 ' });
    expect(sent).toMatchObject({ status: 200, body: { seq: 1 } });
    first.child.kill('SIGKILL');
    await first.ended;

    const second = serve(url, DATA_DIR);
    const again = talkTo(await listening(second));
    expect(second.output()).not.toContain('Migrating');
    expect((await again.signIn(boris.phone, 'correct horse')).status).toBe(200);
    const history = await again.as(boris.token).get(`/messages/history/${chat_id}`);
    expect(history.body).toMatchObject([{ id: sent.body.id, content: '  Привет 😀 ', sender_id: anna.id }]);
    await again.as(boris.token).post('/messages', { chat_id, content: 'Hello' });
    second.child.kill('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });

    const third = talkTo(await listening(serve(url, DATA_DIR)));
    const { body } = await third.as(anna.token).get(`/messages/history/${chat_id}`);
    expect(body.map(({ seq, content }: { seq: number; content: string }) => [seq, content])).toEqual([
      [2, 'Hello'],
      [1, '  Привет 😀 '],
    ]);
  });

  test('several servers that start at once on an empty database all come up', async () => {
    const { url, sql } = await makeDatabase();
    const servers = [serve(url), serve(url), serve(url)];
    const urls = await Promise.all(servers.map(listening));
    for (const [index, address] of urls.entries()) {
      const { status } = await talkTo(address).request('/auth/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ phone: `+7900000000${index}`, username: `user_${index}`, password: 'correct horse' }),
      });
      expect(status).toBe(200);
    }
    const lines = servers.flatMap((server) => server.output().match(/^Migrating: \S+$/gm) ?? []);
    const applied = await sql('select name from dialect_migrations order by name');
    expect(lines).toEqual(applied.map(({ name }) => `Migrating: ${name}`));
  });

  test('who has to wait for another process that migrates says so, and goes on when that is done', async () => {
    const { url, sql } = await makeDatabase();
    const [lock = '', journal = ''] = (await migrate('sql', url)).stdout.split('\n');
    for (const statement of [lock, journal]) await sql(statement);
    await sql("insert into dialect_migration_lock values ('schema', 'number-7', 1, null)");
    const server = serve(url);
    const up = run(['migrate', 'up'], { DATABASE_URL: url });
    for (const waiting of [server, up]) {
      expect(await waiting.until('which migrates.\n')).toBe('Waiting for process number-7, which migrates.\n');
    }
    await sql("update dialect_migration_lock set owner = ''");
    await listening(server);
    expect(await up.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a server that does not flush at commit is refused, or warned about where that is accepted', async () => {
    const database = await makeDatabase();
    const url = await disguise(database.url, { '@@innodb_flush_log_at_trx_commit': '2' });
    const refused = await serve(url).ended;
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^dialect: DATABASE_URL: .* not flush at commit .* DB_WHEN_NOT_DURABLE=warn\.\n$/);
    expect(await tablesIn(database)).toBe(0);
    const warned = run([], { PORT: '0', DATA_DIR: temporaryFolder(), DATABASE_URL: url, DB_WHEN_NOT_DURABLE: 'warn' });
    await listening(warned);
    expect(warned.output().match(/DialectWarning: The server does not flush at commit/g)).toHaveLength(1);
  });
});

describeMysql('what keeps it from starting is one line, exit code 1, and no secret', () => {
  const starts = [['serve'], ['migrate', 'up']];
  const all = [...starts, ['migrate', 'status']];

  async function expectLine(argvs: string[][], url: string, message: RegExp): Promise<void> {
    const environment = () => ({ PORT: '0', DATA_DIR: temporaryFolder(), DATABASE_URL: url });
    for (const ended of await Promise.all(argvs.map((argv) => run(argv, environment()).ended))) {
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/^dialect: DATABASE_URL: mysql \S+@\S+:\d+\/\w+ cannot be used: [^\n]+\n$/);
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr).not.toMatch(/hunter/);
    }
  }

  test('a wrong password, an unknown user, a database that is not there', async () => {
    const database = await makeDatabase();
    const right = await asUser(database, 'select');
    await expectLine(all, right.replace('hunter2', 'hunter3'), /refuses the user or the password: Access denied/);
    const unknown = withUser(database.url, 'nobody', 'hunter2');
    await expectLine(starts, unknown, /refuses the user or the password: Access denied/);
    await expectLine(all, `${database.url}_gone`, /Unknown database '\w+_gone': create it/);
  });

  test('a user who may not enough', async () => {
    const database = await makeDatabase();
    const url = await asUser(database, 'select');
    await expectLine(starts, url, /lacks a privilege: CREATE command denied .* It needs SELECT, .* CREATE/);
    await migrate('up', database.url);
    expect(await migrate('status', url)).toMatchObject({ code: 0 });
    const other = await makeDatabase();
    const elsewhere = Object.assign(new URL(url), { pathname: `/${other.name}` }).href;
    await expectLine(all, elsewhere, /lacks a privilege: Access denied/);
  });

  test('nobody answers, or somebody who is no database server', async () => {
    const urlOf = async (server: Server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      return `mysql://root:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
    };
    const silent = await urlOf(createServer());
    const closing = await urlOf(createServer((socket) => socket.end()));
    await Promise.all([
      expectLine(all, silent, /No database server answers .*\(ETIMEDOUT\)/),
      expectLine(starts, closing, /No database server answers .*\(PROTOCOL_CONNECTION_LOST\)/),
    ]);
    await Promise.all([
      expectLine(all, 'mysql://root@127.0.0.1:1/chat', /No database server answers at 127\.0\.0\.1:1 \(ECONNREFUSED\)/),
      expectLine(starts, 'mysql://root@nowhere.invalid/chat', /The host of the database is unknown: nowhere\.invalid/),
    ]);
  });

  test('an old server, and a schema of a newer version', async () => {
    const database = await makeDatabase();
    const old = await disguise(database.url, { 'version()': "'5.7.44'" });
    await expectLine(all, old, /The server is MySQL 5\.7\.44; 8\.0\.17 is the oldest one that will do/);
    expect(await tablesIn(database)).toBe(0);
    await migrate('up', database.url);
    await database.sql("insert into dialect_migrations values ('999-future', 1)");
    await expectLine(starts, database.url, /migrated by a newer version of Dialect \(999-future\): update this one/);
    expect((await migrate('status', database.url)).stdout).toMatch(/^999-future +unknown/m);
  });
});

describeMysql('dialect migrate, on MySQL or MariaDB', () => {
  test('status says what waits and makes no table; up does it, once; status says when', async () => {
    const database = await makeDatabase();
    const before = await migrate('status', database.url);
    expect(before).toMatchObject({ code: 1, stderr: '' });
    expect(before.stdout).toMatch(/^(\S+ +pending\n)+mysql \S+ is not up to date: run "dialect migrate up"/);
    expect(await tablesIn(database)).toBe(0);
    const up = await migrate('up', database.url);
    expect(up).toMatchObject({ code: 0, stderr: '' });
    expect(up.stdout).toMatch(/^(Migrating: \S+\n)+mysql \S+ is up to date\.\n$/);
    expect((await migrate('up', database.url)).stdout).toMatch(/^mysql \S+ was already up to date\.\n$/);
    const after = await migrate('status', database.url);
    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(after.stdout).toMatch(/^(\S+ +applied +\d{4}-[\d-]+T[\d:.]+Z\n)+mysql \S+ is up to date\.\n$/);
  });

  test('one that was cut off is said to be', async () => {
    const { url, sql } = await makeDatabase();
    const [lock = '', journal = ''] = (await migrate('sql', url)).stdout.split('\n');
    for (const statement of [lock, journal]) await sql(statement);
    await sql("insert into dialect_migration_lock values ('schema', '', 1, '001-messenger/0')");
    const status = await migrate('status', url);
    expect(status).toMatchObject({ code: 1, stderr: '' });
    expect(status.stdout).toMatch(
      /^001-messenger +begun\n(.+\n)*.* cut off in the middle of it: run "dialect migrate up"/,
    );
    expect((await migrate('up', url)).code).toBe(0);
    expect((await migrate('status', url)).code).toBe(0);
  });

  test('what sql prints makes a database on which the server starts without migrating', async () => {
    const { url } = await makeDatabase();
    const script = await migrate('sql', url);
    expect(script).toMatchObject({ code: 0, stderr: '' });
    const connection = await createConnection({ uri: url, multipleStatements: true });
    await connection.query(script.stdout).finally(() => connection.end());
    expect(await migrate('status', url)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(\S+ +applied +by a script\n)+mysql \S+ is up to date\.\n$/),
    });
    const server = serve(url);
    const api = talkTo(await listening(server));
    expect(server.output()).not.toContain('Migrating');
    expect((await api.join('anna')).id).toBeGreaterThan(0);
  });
});
