import { type Environment, readText, readWord } from './environment.js';
import { StartupError } from './startup-error.js';

export type DatabaseKind = 'sqlite' | 'mysql';

export interface DatabaseChoice {
  kind: DatabaseKind;
  /** What says where it is: an URL, the parts of one, or else the data folder. */
  named_by: 'DATABASE_URL' | 'DB_*' | 'DATA_DIR';
  /** What was given and is not used, a line each for the log. */
  notes: string[];
}

const kinds = ['sqlite', 'mysql'] as const;
const parts = ['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST', 'DB_PORT'];
export const url_forms = 'sqlite:path or mysql://user:password@host:port/database';

/**
 * Which database is meant. Files of settings outlive the server that they were written for and hold more than one
 * answer: DATABASE_TYPE decides when it is there, then DATABASE_URL, then the parts. What loses is told, and no error.
 * @throws StartupError that repeats nothing of the URL: it may hold a password
 */
export function chooseDatabase(environment: Environment): DatabaseChoice {
  const type = readWord(environment, 'DATABASE_TYPE', kinds);
  const url = readText(environment, 'DATABASE_URL');
  const given = parts.filter((name) => readText(environment, name) !== '');
  const url_kind = kindOf(url);
  const kind = type ?? (url === '' ? (given.length > 0 ? 'mysql' : 'sqlite') : (url_kind ?? refuse(url)));
  const has_url = kind === url_kind;
  const notes: string[] = [];
  if (url !== '' && !has_url) {
    notes.push(`Not used: DATABASE_URL. It names no ${kind} database, and DATABASE_TYPE is ${kind}.`);
  }
  if (given.length > 0 && (has_url || kind === 'sqlite')) {
    const winner = has_url ? 'DATABASE_URL says which database it is' : `DATABASE_TYPE is ${kind}`;
    notes.push(`Not used: ${given.join(', ')}. ${winner}.`);
  }
  return { kind, named_by: has_url ? 'DATABASE_URL' : kind === 'mysql' ? 'DB_*' : 'DATA_DIR', notes };
}

function kindOf(url: string): DatabaseKind | null {
  if (/^sqlite:/i.test(url)) return 'sqlite';
  return /^mysql:/i.test(url) ? 'mysql' : null;
}

function refuse(url: string): never {
  const what = /^postgres/i.test(url) ? 'is for PostgreSQL, which is not supported' : 'is of no kind that is supported';
  throw new StartupError(`DATABASE_URL ${what}; it has to be ${url_forms}, or DATABASE_TYPE has to choose.`);
}
