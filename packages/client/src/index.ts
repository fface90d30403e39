export type * from '@dialect/protocol';
export { createClient } from './client.js';
export type { Status } from './connection.js';
export type { Delivery } from './delivery.js';
export { DialectError, type ErrorDetails, isDialectError } from './errors.js';
export type { ClientOptions, SocketClass, SocketLike } from './options.js';
export type { Readable } from './readable.js';
export type * from './types.js';
