import { StartupError } from './startup-error.js';

export interface MysqlPlace {
  host: string;
  port: number;
  user: string;
  password: string;
  /** Of the database. */
  name: string;
}

/**
 * A URL of the form `mysql://user:password@host:port/database`. A character that was not percent-encoded can move a part
 * of the password to where the host or the database stands, and those are shown: so what looks like it is refused.
 * @throws StartupError that repeats nothing of the URL
 */
export function readMysqlUrl(text: string): MysqlPlace {
  if (!/^mysql:\/\//i.test(text) || !URL.canParse(text)) throw wrong('is no URL');
  const { hostname, port, username, password, pathname, search, hash } = new URL(text);
  // Not dropped in silence: somebody who asks for encryption there would send everything in the clear.
  if (search !== '') throw wrong('has options behind a question mark, and there are none');
  if (hash !== '' || /[/@]/.test(pathname.slice(1))) throw wrong('has characters that are not percent-encoded');
  const name = decode(pathname.slice(1));
  if (name === '') throw wrong('names no database');
  if (port === '0') throw wrong('has the port 0');
  return {
    host: decode(hostname).replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(port || 3306),
    user: decode(username) || 'root',
    password: decode(password),
    name,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong('has a percent sign that begins no code; in a password it is written %25');
  }
}

function wrong(what: string): StartupError {
  return new StartupError(
    `DATABASE_URL ${what}. It has the form mysql://user:password@host:port/database, with special characters percent-encoded.`,
  );
}
