// Holds the write lock of a database from another process: `lock-process.mjs <path> <milliseconds>`.
import Sqlite from 'better-sqlite3';

const [path, milliseconds] = process.argv.slice(2);
const database = new Sqlite(path);
database.exec('begin immediate');
process.stdout.write('locked\n');
setTimeout(() => {
  database.exec('commit');
  database.close();
}, Number(milliseconds));
