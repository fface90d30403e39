// Holds the write lock of a database from another process: `lock-process.mjs <path> <pings>`. It answers every line on
// stdin and lets go after so many of them; it gives up when they do not come, because whoever sends them sleeps.
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';

const patience_ms = 4_000;
const [path, pings] = process.argv.slice(2);
const database = new Sqlite(path);
let left = Number(pings);

function end(word) {
  database.exec('commit');
  database.close();
  process.stdout.write(`${word}\n`);
  process.exit();
}

database.exec('begin immediate');
process.stdout.write('locked\n');
setTimeout(() => end('gave up'), patience_ms);
createInterface({ input: process.stdin }).on('line', () => {
  left -= 1;
  if (left === 0) end('released');
  else process.stdout.write('still locked\n');
});
