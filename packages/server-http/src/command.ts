import { parseArgs } from 'node:util';
import type { Environment } from './settings.js';

export type CommandName = 'serve' | 'migrate sql' | 'migrate up' | 'help' | 'version';

export interface Command {
  name: CommandName;
  /** Options of the command line, under the names of the variables that they stand for. */
  environment: Environment;
}

/** A command line that means nothing. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** There is none for the key: everybody on a machine can read a command line. */
const variables = { port: 'PORT', host: 'HOST', 'data-dir': 'DATA_DIR', 'cors-origins': 'CORS_ORIGINS' } as const;
type OptionName = keyof typeof variables;

const allowed: Record<CommandName, readonly OptionName[]> = {
  serve: ['port', 'host', 'data-dir', 'cors-origins'],
  'migrate sql': [],
  'migrate up': ['data-dir'],
  help: [],
  version: [],
};

export const help = `Usage: dialect [command] [options]

Commands
  serve          start the server (the default)
  migrate sql    print the SQL that creates the schema
  migrate up     create the schema, or bring it up to date

Options             Variable                     Default
  --port            PORT                         8000 (0: any free one)
  --host            HOST                         127.0.0.1
  --data-dir        DATA_DIR                     ./data
  --cors-origins    CORS_ORIGINS                 none; such as https://app.example,https://other.example
                    SECRET_KEY                   created and kept in the data folder; at least 32 bytes
                    ACCESS_TOKEN_EXPIRE_MINUTES  60
  -h, --help
  -v, --version
`;

/** @throws UsageError */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { name: 'help', environment: {} };
  if (values.version) return { name: 'version', environment: {} };
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
