#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { version } from '../package.json';
import { type Command, help, parseCommand, UsageError } from './command.js';
import { chooseDatabase } from './database-choice.js';
import { readSettings } from './settings.js';
import { StartupError } from './startup-error.js';

/** Runs the `dialect` command. `serve` returns when the server answers, and the process lives on with it. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  try {
    await run(parseCommand(argv));
  } catch (error) {
    if (error instanceof UsageError) return fail(2, `dialect: ${error.message} Try "dialect --help".`);
    if (error instanceof StartupError) return fail(1, `dialect: ${error.message}`);
    // Nobody foresaw it, so where it came from is what helps.
    fail(1, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

async function run({ name, environment: options }: Command): Promise<void> {
  const print = (text: string) => void process.stdout.write(text);
  const environment = { ...process.env, ...options };
  // Loaded where they are needed: `--help` needs no database driver.
  switch (name) {
    case 'help':
      return print(help);
    case 'version':
      return print(`${version}\n`);
    case 'migrate sql': {
      const { kind, notes } = chooseDatabase(environment);
      const { schemaScript } = await import('./open-storage.js');
      return print([...notes.map((note) => `-- ${note}`), await schemaScript(kind), ''].join('\n'));
    }
  }
  const settings = readSettings(environment);
  for (const note of settings.database.notes) print(`${note}\n`);
  if (name === 'serve') return (await import('./run-server.js')).runServer(settings, print);
  const { migrateUp, printMigrationStatus } = await import('./migrate-command.js');
  if (name === 'migrate up') return migrateUp(settings.database, print);
  if (!(await printMigrationStatus(settings.database, print))) process.exitCode = 1;
}

function fail(code: number, text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}

/** Whether this file is what Node was asked to run: npm's link to it is another path of the same file. */
function isEntryFile(): boolean {
  const entry = process.argv[1];
  return entry !== undefined && existsSync(entry) && realpathSync(entry) === fileURLToPath(import.meta.url);
}

if (isEntryFile()) await main();
