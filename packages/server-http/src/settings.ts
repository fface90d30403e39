import { resolve } from 'node:path';
import { type DatabaseSettings, readDatabase } from './database-settings.js';
import { type Environment, readNumber, readText, readWord } from './environment.js';
import { StartupError } from './startup-error.js';

/** What the reference server can be told. */
export interface Settings {
  port: number;
  host: string;
  /** Absolute: where the media and the key are, and the database when it is said to be nowhere else. */
  data_dir: string;
  database: DatabaseSettings;
  /** Null: the one in the data folder, created when there is none. */
  secret: string | null;
  token_minutes: number;
  cors_origins: string[];
  /** Bytes of one uploaded file. */
  max_upload_bytes: number;
  /** How long an upload is kept that nothing refers to. */
  unused_media_hours: number;
  /** Null: nobody who is not connected is told of anything. */
  push: PushSettings | null;
}

export interface PushSettings {
  /** Absolute: the file of a Firebase service account. */
  credentials_path: string;
  /** Whether notifications hold names and texts. */
  content: boolean;
}

const least_secret_bytes = 32;
const one_year_minutes = 525_600;

/** From the environment. @throws StartupError */
export function readSettings(environment: Environment): Settings {
  const data_dir = resolve(readText(environment, 'DATA_DIR', './data'));
  return {
    port: readNumber(environment, 'PORT', { least: 0, most: 65_535, otherwise: 8000 }),
    host: readText(environment, 'HOST', '127.0.0.1'),
    data_dir,
    database: readDatabase(environment, data_dir),
    secret: secret(readText(environment, 'SECRET_KEY')),
    token_minutes: readNumber(environment, 'ACCESS_TOKEN_EXPIRE_MINUTES', {
      least: 1,
      most: one_year_minutes,
      otherwise: 60,
    }),
    cors_origins: origins(readText(environment, 'CORS_ORIGINS')),
    push: push(environment),
    max_upload_bytes: readNumber(environment, 'MAX_UPLOAD_BYTES', {
      least: 1,
      most: 999_999_999,
      otherwise: 50 * 1024 * 1024,
    }),
    unused_media_hours: readNumber(environment, 'UNUSED_MEDIA_HOURS', { least: 1, most: 876_000, otherwise: 24 }),
  };
}

/** @param name what to call it when it is too short */
export function checkSecret(value: string, name: string): string {
  const bytes = Buffer.byteLength(value);
  if (bytes >= least_secret_bytes) return value;
  // Its length and nothing else: this text goes to a terminal and to logs.
  throw new StartupError(`${name} must have at least ${least_secret_bytes} bytes; it has ${bytes}.`);
}

function push(environment: Environment): PushSettings | null {
  const path = readText(environment, 'FIREBASE_CREDENTIALS_PATH');
  const content = readWord(environment, 'PUSH_CONTENT', ['on', 'off']) !== 'off';
  return path === '' ? null : { credentials_path: resolve(path), content };
}

function secret(value: string): string | null {
  return value === '' ? null : checkSecret(value, 'SECRET_KEY');
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
