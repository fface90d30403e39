#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { version } from '../package.json';
import { type Command, help, parseCommand, UsageError } from './command.js';
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

async function run({ name, environment }: Command): Promise<void> {
  const print = (text: string) => void process.stdout.write(text);
  if (name === 'help') return print(help);
  if (name === 'version') return print(`${version}\n`);
  // Loaded only now: `--help` needs no database driver.
  const { openStorage, schemaScript } = await import('./serve.js');
  if (name === 'migrate sql') return print(await schemaScript());
  const settings = readSettings({ ...process.env, ...environment });
  if (name === 'migrate up') {
    const storage = openStorage(settings.data_dir);
    await storage.migrate().finally(() => storage.close());
    return print(`The schema in ${settings.data_dir} is up to date.\n`);
  }
  const { runServer } = await import('./run-server.js');
  return runServer(settings, print);
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
