const form = 'mysql://user:password@host:port';

/** The server on which databases are made and dropped. */
export function mysqlServer(): URL {
  const given = process.env.DIALECT_BENCH_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306';
  const url = URL.canParse(given) ? new URL(given) : null;
  // It is not repeated: it may hold a password.
  if (url?.protocol !== 'mysql:' || url.hostname === '')
    throw new Error(`DIALECT_BENCH_MYSQL_URL does not have the form ${form}.`);
  return url;
}

export function mysqlUrl(database: string): string {
  const url = mysqlServer();
  url.pathname = `/${database}`;
  return url.href;
}
