import { type DatabaseSettings, describeDatabase } from './database-settings.js';
import { openStorage, openToRead } from './open-storage.js';
import { useDatabase } from './use-database.js';

type Print = (text: string) => void;

/** Brings the schema up to date, and says what that took. */
export function migrateUp(database: DatabaseSettings, print: Print): Promise<void> {
  return useDatabase(database, async () => {
    const storage = await openStorage(database);
    let lines = 0;
    const report = (line: string) => {
      lines += 1;
      print(`${line}\n`);
    };
    await storage.migrate(report).finally(() => storage.close());
    print(`${describeDatabase(database)} ${lines > 0 ? 'is' : 'was already'} up to date.\n`);
  });
}

/** Lists the migrations and says what is to be done about them. Whether that is nothing. */
export function printMigrationStatus(database: DatabaseSettings, print: Print): Promise<boolean> {
  return useDatabase(database, async () => {
    const storage = await openToRead(database);
    const migrations = await storage.migrationStatus().finally(() => storage.close());
    const width = Math.max(...migrations.map(({ name }) => name.length));
    for (const { name, state, applied_at } of migrations) {
      const by_script = state === 'applied' ? '  by a script' : '';
      const when = applied_at === null ? by_script : `  ${new Date(applied_at).toISOString()}`;
      print(`${name.padEnd(width)}  ${state}${when}\n`);
    }
    const states = new Set(migrations.map(({ state }) => state));
    print(`${describeDatabase(database)} ${conclusion(states)}\n`);
    return states.size === 1 && states.has('applied');
  });
}

function conclusion(states: ReadonlySet<string>): string {
  if (states.has('unknown')) return 'was migrated by a newer version of Dialect: update this one.';
  if (states.has('begun')) {
    return 'is being migrated, or was cut off in the middle of it: run "dialect migrate up", which waits or goes on.';
  }
  if (states.has('pending')) return 'is not up to date: run "dialect migrate up", or start the server.';
  return 'is up to date.';
}
