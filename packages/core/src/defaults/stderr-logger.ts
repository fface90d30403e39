import type { Logger } from '../ports/index.js';

/** Warnings and errors as JSON lines on stderr. Information is for loggers that the host chose. */
export function createStderrLogger(): Logger {
  const line = (level: string, message: string, fields: Record<string, unknown> = {}) =>
    process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), message, ...fields })}\n`);
  return {
    info: () => undefined,
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}
