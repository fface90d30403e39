import { parseArgs } from 'node:util';
import type { Environment } from './environment.js';

export type CommandName = 'serve' | 'migrate up' | 'migrate status' | 'migrate sql' | 'help' | 'version';

export interface Command {
  name: CommandName;
  /** Options of the command line, under the names of the variables that they stand for. */
  environment: Environment;
}

/** A command line that means nothing. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** There is none for the key and none for the database, whose URL holds a password: everybody reads a command line. */
const variables = { port: 'PORT', host: 'HOST', 'data-dir': 'DATA_DIR', 'cors-origins': 'CORS_ORIGINS' } as const;
type OptionName = keyof typeof variables;

const allowed: Record<CommandName, readonly OptionName[]> = {
  serve: ['port', 'host', 'data-dir', 'cors-origins'],
  'migrate up': ['data-dir'],
  'migrate status': ['data-dir'],
  'migrate sql': [],
  help: [],
  version: [],
};

export const help = `Usage: dialect [command] [options]

Commands
  serve           bring the schema up to date and start the server (the default)
  migrate up      bring the schema up to date, and say what that took
  migrate status  list the migrations and change nothing; the exit code is 0 when all are applied, 1 otherwise
  migrate sql     print the SQL that creates the schema, for the kind of database below; connects to nothing

Options             Variable                     Default
  --port            PORT                         8000 (0: any free one)
  --host            HOST                         127.0.0.1
  --data-dir        DATA_DIR                     ./data
  --cors-origins    CORS_ORIGINS                 none; such as https://app.example,https://other.example
                    SECRET_KEY                   created and kept in the data folder; at least 32 bytes
                    ACCESS_TOKEN_EXPIRE_MINUTES  60
                    MAX_UPLOAD_BYTES             52428800; of one file
                    UNUSED_MEDIA_HOURS           24; how long an upload is kept that no message refers to
                    DATABASE_URL                 sqlite:DATA_DIR/dialect.db; another sqlite:path, or
                                                 mysql://user:password@host:port/database
                    DB_NAME                      none; in place of a URL, a database of MySQL or MariaDB
                    DB_USER                      root
                    DB_PASSWORD                  empty
                    DB_HOST                      localhost
                    DB_PORT                      3306
                    DATABASE_TYPE                sqlite or mysql, by what is set above; decides where that is both
                    DB_CONNECTIONS               10; to MySQL at the same time, at most
                    DB_WHEN_NOT_DURABLE          refuse a MySQL server that does not flush at commit; or warn
                    FIREBASE_CREDENTIALS_PATH    none; the file of a Firebase service account switches push on
                    PUSH_CONTENT                 on; off: notifications hold no names and no texts
  -h, --help
  -v, --version
`;

/** @throws UsageError */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { name: 'help', environment: {} };
  if (values.version) return { name: 'version', environment: {} };
  // Not repeated: it may hold a password.
  if (positionals.some((text) => text.includes('://'))) throw new UsageError('A URL is given in DATABASE_URL.');
  const name = positionals.join(' ') || 'serve';
  if (!Object.hasOwn(allowed, name)) throw new UsageError(`There is no command "${name}".`);
  const command = name as CommandName;
  const environment: Record<string, string> = {};
  for (const option of Object.keys(variables) as OptionName[]) {
    const value = values[option];
    if (value === undefined) continue;
    if (!allowed[command].includes(option)) throw new UsageError(`"${name}" takes no --${option}.`);
    environment[variables[option]] = value;
  }
  return { name: command, environment };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'data-dir': { type: 'string' },
        'cors-origins': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    // "Unknown option '--x'. To specify a positional argument starting with ...": the first sentence says it.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}
