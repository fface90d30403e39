import { type RunningServer, serve } from './serve.js';
import type { Settings } from './settings.js';

/**
 * npm passes on the Ctrl-C that the terminal has already sent to everybody, so one wish to stop arrives as two signals.
 */
const echo_ms = 1_000;
const exitCodes: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Serves until a signal comes, then drains and ends the process. Returns when the server answers. */
export async function runServer(settings: Settings, print: (text: string) => void): Promise<void> {
  const server = await serve(settings, (line) => print(`${line}\n`));
  print(describe(server));
  endOnSignals(server, print);
  reportStrayErrors(server);
}

function describe({ url, api_url, docs_url, socket_url, database, data_dir, push, key }: RunningServer): string {
  return [
    `Dialect is listening on ${url}`,
    `  API       ${api_url}`,
    `  Docs      ${docs_url}`,
    `  Socket    ${socket_url}`,
    `  Database  ${database}`,
    `  Data      ${data_dir}`,
    ...(push === null ? [] : [`  Push      ${push}`]),
    ...(key?.is_new
      ? [`  Key       created in ${key.path} (mode 600): keep it, or everybody has to sign in again`]
      : []),
    ...(key?.is_exposed ? [`  Key       WARNING: ${key.path} can be read by others; run "chmod 600" on it`] : []),
    '',
  ].join('\n');
}

function endOnSignals(server: RunningServer, print: (text: string) => void): void {
  let first_at: number | null = null;
  const stop = (signal: NodeJS.Signals) => {
    if (first_at !== null) {
      if (performance.now() - first_at > echo_ms) process.exit(exitCodes[signal] ?? 1);
      return;
    }
    first_at = performance.now();
    print('Stopping: finishing what is under way.\n');
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        server.logger.error('The server did not stop cleanly.', { error: String(error) });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Faults that nothing awaited. They are said aloud, and they do not take everybody's connection with them. */
function reportStrayErrors({ logger, close }: RunningServer): void {
  const report = (kind: string, error: unknown) =>
    logger.error(kind, { error: error instanceof Error ? error.stack : String(error) });
  process.on('unhandledRejection', (error) => report('A rejection was not handled.', error));
  process.on('uncaughtException', (error) => {
    // Thrown through code that did not expect it: what it left half done is unknown, so start anew.
    report('An exception was not handled; the server stops.', error);
    const end = () => process.exit(1);
    close().then(end, end);
  });
}
