import { join, resolve } from 'node:path';
import { chooseDatabase, type DatabaseChoice } from './database-choice.js';
import { type Environment, readNumber, readText, readWord } from './environment.js';
import { type MysqlPlace, readMysqlUrl } from './mysql-url.js';
import { StartupError } from './startup-error.js';

export interface SqliteSettings extends DatabaseChoice {
  kind: 'sqlite';
  /** Absolute, or `:memory:`. */
  path: string;
}

export interface MysqlSettings extends DatabaseChoice, MysqlPlace {
  kind: 'mysql';
  connections: number;
  when_not_durable: 'refuse' | 'warn';
}

export type DatabaseSettings = SqliteSettings | MysqlSettings;

/** @throws StartupError that holds no password */
export function readDatabase(environment: Environment, data_dir: string): DatabaseSettings {
  const choice = chooseDatabase(environment);
  const url = choice.named_by === 'DATABASE_URL' ? readText(environment, 'DATABASE_URL') : null;
  if (choice.kind === 'sqlite') {
    return { ...choice, kind: 'sqlite', path: url === null ? join(data_dir, 'dialect.db') : sqlitePath(url) };
  }
  return {
    ...choice,
    kind: 'mysql',
    ...(url === null ? readParts(environment) : readMysqlUrl(url)),
    connections: readNumber(environment, 'DB_CONNECTIONS', { least: 1, most: 1_000, otherwise: 10 }),
    when_not_durable: readWord(environment, 'DB_WHEN_NOT_DURABLE', ['refuse', 'warn']) ?? 'refuse',
  };
}

/** For people: where the data is, without the password. */
export function describeDatabase(database: DatabaseSettings): string {
  if (database.kind === 'sqlite') return `sqlite ${database.path}`;
  const { user, host, port, name } = database;
  return `mysql ${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${name}`;
}

function sqlitePath(url: string): string {
  const path = url.slice('sqlite:'.length);
  if (path === ':memory:') return path;
  // Some programs read three slashes as a relative path, others as an absolute one: either guess could open a new, empty
  // database beside the right one.
  if (path !== '' && !path.startsWith('//')) return resolve(path);
  throw new StartupError(
    'DATABASE_URL must have a path right behind sqlite: (data/dialect.db, /var/lib/dialect.db), without //.',
  );
}

function readParts(environment: Environment): MysqlPlace {
  const name = readText(environment, 'DB_NAME');
  if (name === '') throw new StartupError('DB_NAME is missing: it says which database of the MySQL server is used.');
  return {
    host: readText(environment, 'DB_HOST', 'localhost'),
    port: readNumber(environment, 'DB_PORT', { least: 1, most: 65_535, otherwise: 3306 }),
    user: readText(environment, 'DB_USER', 'root'),
    // As it is: blanks may belong to it.
    password: environment.DB_PASSWORD ?? '',
    name,
  };
}
