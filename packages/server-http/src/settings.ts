import { resolve } from 'node:path';
import { StartupError } from './startup-error.js';

/** What the reference server can be told. */
export interface Settings {
  port: number;
  host: string;
  /** Absolute: where the database, the media and the key are. */
  data_dir: string;
  /** Null: the one in the data folder, created when there is none. */
  secret: string | null;
  token_minutes: number;
  cors_origins: string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const least_secret_bytes = 32;
const one_year_minutes = 525_600;

/** From the environment. An empty variable is an absent one, as in a compose file. @throws StartupError */
export function readSettings(environment: Environment): Settings {
  const read = (name: string, otherwise: string) => environment[name]?.trim() || otherwise;
  return {
    port: wholeNumber('PORT', read('PORT', '8000'), 0, 65_535),
    host: read('HOST', '127.0.0.1'),
    data_dir: resolve(read('DATA_DIR', './data')),
    secret: secret(read('SECRET_KEY', '')),
    token_minutes: wholeNumber(
      'ACCESS_TOKEN_EXPIRE_MINUTES',
      read('ACCESS_TOKEN_EXPIRE_MINUTES', '60'),
      1,
      one_year_minutes,
    ),
    cors_origins: origins(read('CORS_ORIGINS', '')),
  };
}

/** @param name what to call it when it is too short */
export function checkSecret(value: string, name: string): string {
  const bytes = Buffer.byteLength(value);
  if (bytes >= least_secret_bytes) return value;
  // Its length and nothing else: this text goes to a terminal and to logs.
  throw new StartupError(`${name} must have at least ${least_secret_bytes} bytes; it has ${bytes}.`);
}

function secret(value: string): string | null {
  return value === '' ? null : checkSecret(value, 'SECRET_KEY');
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new StartupError(`${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

function origins(text: string): string[] {
  const list = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const wrong = list.find((origin) => origin !== '*' && !isOrigin(origin));
  if (wrong === undefined) return list;
  throw new StartupError(
    `CORS_ORIGINS must list origins such as https://app.example, separated by commas, not ${JSON.stringify(wrong)}.`,
  );
}

/** With a path or a slash behind it an entry would never match what browsers send, and nobody would see why. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
