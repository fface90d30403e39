import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { useCommand } from './support/run-command.js';
import { temporaryFolder } from './support/start-api.js';

const { path, run } = useCommand();
const migrate = (what: 'up' | 'status' | 'sql', environment: Record<string, string>, cwd = temporaryFolder()) =>
  run(['migrate', what], environment, { cwd }).ended;

/** Every file of a folder with its bytes. */
const contentsOf = (folder: string) =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]);

describe('dialect migrate, on SQLite', () => {
  test('status says what waits and creates nothing; up does it, once; status says when', async () => {
    const DATA_DIR = join(temporaryFolder(), 'data');
    const file = join(DATA_DIR, 'dialect.db');
    const waiting = await migrate('status', { DATA_DIR });
    expect(waiting).toMatchObject({ code: 1, stderr: '' });
    expect(waiting.stdout).toMatch(/^001-messenger +pending\n(\S+ +pending\n)*sqlite /);
    expect(waiting.stdout).toContain(`${file} is not up to date: run "dialect migrate up", or start the server.\n`);
    expect(existsSync(DATA_DIR)).toBe(false);
    const up = await migrate('up', { DATA_DIR });
    expect(up).toMatchObject({ code: 0, stderr: '' });
    expect(up.stdout).toMatch(/^(Migrating: \S+\n)+sqlite \S+ is up to date\.\n$/);
    const again = { code: 0, stdout: `sqlite ${file} was already up to date.\n`, stderr: '' };
    expect(await migrate('up', { DATA_DIR })).toEqual(again);
    const before = contentsOf(DATA_DIR);
    const status = await migrate('status', { DATA_DIR });
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^(\S+ +applied +\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z\n)+sqlite \S+ is up to date\.\n$/);
    expect(contentsOf(DATA_DIR)).toEqual(before);
    expect(before.map(([name]) => name)).toEqual(['dialect.db']);
  });

  test('what sql prints can be applied by hand, and status changes not a byte of the file', async () => {
    const cwd = temporaryFolder();
    const environment = { DATABASE_URL: 'sqlite:by-hand.db' };
    const script = await migrate('sql', environment, cwd);
    expect(script).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual([]);
    const database = new Sqlite(join(cwd, 'by-hand.db'));
    database.exec(script.stdout);
    database.close();
    const before = contentsOf(cwd);
    const status = await migrate('status', environment, cwd);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^(\S+ +applied +by a script\n)+sqlite /);
    expect(contentsOf(cwd)).toEqual(before);
    expect((await migrate('up', environment, cwd)).stdout).toContain('was already up to date.\n');
    expect((await migrate('status', environment, cwd)).code).toBe(0);
  });

  test('an empty file stays one', async () => {
    const DATA_DIR = temporaryFolder();
    writeFileSync(join(DATA_DIR, 'dialect.db'), '');
    expect(await migrate('status', { DATA_DIR })).toMatchObject({ code: 1, stderr: '' });
    expect(contentsOf(DATA_DIR)).toEqual([['dialect.db', '']]);
  });

  test('a schema of a newer version: status shows it, everything else is refused in one line', async () => {
    const DATA_DIR = temporaryFolder();
    await migrate('up', { DATA_DIR });
    const database = new Sqlite(join(DATA_DIR, 'dialect.db'));
    database.exec("insert into dialect_migrations values ('999-future', 1)");
    database.close();
    const status = await migrate('status', { DATA_DIR });
    expect(status).toMatchObject({ code: 1, stderr: '' });
    expect(status.stdout).toMatch(/^999-future +unknown +1970-01-01T00:00:00\.001Z$/m);
    expect(status.stdout).toContain('was migrated by a newer version of Dialect: update this one.\n');
    for (const argv of [
      ['serve', '--port', '0'],
      ['migrate', 'up'],
    ]) {
      const ended = await run(argv, { DATA_DIR }).ended;
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(
        /^dialect: DATA_DIR: sqlite \S+ cannot be used: .* newer version [^\n]*999-future[^\n]*\n$/,
      );
    }
  });

  test('the script of MySQL needs no server; what is not used stands in it as a comment', async () => {
    const DATABASE_URL = 'postgresql://ann:hunter2@localhost/chat';
    const { code, stdout, stderr } = await migrate('sql', { DATABASE_TYPE: 'mysql', DATABASE_URL, DB_PORT: '1' });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^-- Not used: DATABASE_URL\. [^\n]*\ncreate table [^\n]* engine = InnoDB/);
    expect(stdout).not.toContain('hunter2');
    expect(stdout.endsWith(';\n')).toBe(true);
  });
});

describe('a file that cannot be used is one line and exit code 1', () => {
  const folder = () => {
    const made = temporaryFolder();
    writeFileSync(join(made, 'file'), 'x'.repeat(10_000));
    return made;
  };

  test.each([
    ['below a file', 'sqlite:file/chat.db', /: E[A-Z]+: /],
    ['a folder', 'sqlite:.', /: unable to open database file$/],
    ['no database', 'sqlite:file', /: file is not a database$/],
  ])('%s', async (_, DATABASE_URL, message) => {
    const cwd = folder();
    for (const argv of [['serve'], ['migrate', 'up']]) {
      const environment = { PORT: '0', DATA_DIR: join(cwd, 'data'), DATABASE_URL };
      const { code, stdout, stderr } = await run(argv, environment, { cwd }).ended;
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^dialect: DATABASE_URL: sqlite \S+ cannot be used: [^\n]+\n$/);
      expect(stderr.trim()).toMatch(message);
    }
  });
});

describe('the database of the settings', () => {
  test('is the one in the working directory, made for its owner alone; a note says what is not used', async () => {
    const cwd = temporaryFolder();
    const environment = { PORT: '0', DATABASE_URL: 'sqlite:chats/a.db', DB_NAME: 'other', DB_PASSWORD: 'hunter2' };
    const { child, until, ended } = run([], environment, { cwd });
    const output = await until('Data ');
    expect(output).toMatch(/^Not used: DB_NAME, DB_PASSWORD\. .*\n(Migrating: \S+\n)+Dialect is listening on /);
    expect(output).toContain(`Database  sqlite ${join(cwd, 'chats/a.db')}\n`);
    expect(statSync(join(cwd, 'chats')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(cwd, 'data/dialect.db'))).toBe(false);
    expect(await migrate('status', environment, cwd)).toMatchObject({ code: 0, stderr: '' });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(output).not.toContain('hunter2');
  });

  test.each([
    ['sqlite', 'better-sqlite3', 'mysql2'],
    ['mysql', 'mysql2', 'better-sqlite3'],
  ])('%s loads the driver %s and not %s', async (DATABASE_TYPE, driver, other) => {
    const script = `
      const { createRequire } = await import('node:module');
      const { main } = await import(${JSON.stringify(path())});
      await main(['migrate', 'status']);
      console.log(Object.keys(createRequire(${JSON.stringify(path())}).cache).join('\\n'));`;
    const environment = { DATABASE_TYPE, DB_NAME: 'none', DB_PORT: '1', DATA_DIR: temporaryFolder() };
    const { stdout } = await run(['-e', script], environment, { script: '--input-type=module' }).ended;
    expect(stdout).toContain(`/${driver}/`);
    expect(stdout).not.toContain(`/${other}/`);
  });
});
