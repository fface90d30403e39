// A process of its own that migrates: `migrating-process.ts <MigratingOptions as JSON>`. It says "ready", and begins when
// it is told to by a line on stdin. It says every boundary that it comes to, "done" at the end, or "failed" and why; with
// `is_stepwise` it waits at each boundary for another line.
import { createInterface } from 'node:readline';
import { all } from './further-migrations.js';
import type { MigratingOptions } from './migrating.js';
import { migratorOver } from './migrators.js';
import { observe } from './observed-database.js';
import { openDatabase } from './open-database.js';

const { address, count, times, is_stepwise, clock_offset_ms }: MigratingOptions = JSON.parse(process.argv[2] as string);
const { now } = Date;
Date.now = () => now() + clock_offset_ms;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (line: string) => process.stdout.write(`${line}\n`);
const migrations = all.slice(0, count);
const database = observe(openDatabase(address), migrations, async (boundary) => {
  say(boundary);
  if (is_stepwise) await lines.next();
});
const migrator = migratorOver(database, { migrations, times });

say('ready');
await lines.next();
try {
  await migrator.up();
  say('done');
} catch (error) {
  say(`failed ${String(error)}`);
}
await database.close();
process.stdin.destroy();
