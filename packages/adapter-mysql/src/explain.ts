import { isMessengerError, StorageError } from '@dialect/core';
import { errnoOf } from './driver-errors.js';

interface DriverError extends Error {
  code?: string;
  address?: string;
  port?: number;
  hostname?: string;
  /** Of a name with several addresses, when none of them answers. */
  errors?: DriverError[];
}

const silences = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** What kept the storage from starting, as a line for its operator; other errors as they are. */
export function explain(error: unknown): unknown {
  if (isMessengerError(error)) return error.cause ? explain(error.cause) : new StorageError(error.message);
  const text = lineFor(error as DriverError);
  return text === null ? error : new StorageError(text, { cause: error });
}

function lineFor(error: DriverError): string | null {
  const { code = '', message } = error;
  switch (errnoOf(error)) {
    case 1045:
    case 1698:
      return `The database server refuses the user or the password: ${message}.`;
    case 1049:
      return `${message}: create it, for example with "create database ... character set utf8mb4".`;
    case 1044:
    case 1142:
    case 1227:
    case 1370:
      return `The database user lacks a privilege: ${message}. It needs SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER and INDEX on the database.`;
    case 1040:
    case 1203:
    case 1226:
      return `The database server has no connection left: ${message}.`;
    case 1290:
    case 1836:
      return `The database server is read-only (a replica?): ${message}.`;
  }
  const { hostname, address, port } = error.errors?.[0] ?? error;
  const place = hostname ?? (address && `${address}:${port}`) ?? 'its address';
  if (code.startsWith('HANDSHAKE_') || code.startsWith('AUTH_')) {
    return `We and the database server cannot agree on how to connect: ${message}.`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The host of the database is unknown: ${place}.`;
  if (silences.has(code)) {
    return `No database server answers at ${place} (${code}).`;
  }
  return null;
}
