/**
 * The client's own id of an operation: the same on every retry, so that the server stores it once. Not
 * `crypto.randomUUID`: browsers offer that on https pages only.
 */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
