import { createHash } from 'node:crypto';

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  /** Of the database that the names are from: neither another one nor a restored backup may be answered for by it. */
  epoch: string;
  /** Names of all users up to this id are in it. */
  last_id: number;
}

const magic = Buffer.from('dialect-usernames-1\n');
const length_bytes = 4;
const checksum_bytes = 32;
const algorithm = 'sha256';
const piece_bytes = 1024 * 1024;

/** The header, the filter's own pieces, and a checksum over all of it. */
export function* sealSnapshot(header: SnapshotHeader, content: Iterable<Uint8Array>): Generator<Uint8Array> {
  const hash = createHash(algorithm);
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(length_bytes);
  length.writeUInt32BE(text.length);
  const start = Buffer.concat([magic, length, text]);
  hash.update(start);
  yield start;
  for (const piece of content) {
    hash.update(piece);
    yield piece;
  }
  yield hash.digest();
}

/** Null for whatever was not written by `sealSnapshot`, or not to its end. Lets the event loop turn. */
export async function openSnapshot(bytes: Uint8Array): Promise<{ header: SnapshotHeader; content: Uint8Array } | null> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header_at = magic.length + length_bytes;
  if (buffer.length < header_at + checksum_bytes || !buffer.subarray(0, magic.length).equals(magic)) return null;
  const end = buffer.length - checksum_bytes;
  const hash = createHash(algorithm);
  for (let start = 0; start < end; start += piece_bytes) {
    hash.update(buffer.subarray(start, Math.min(start + piece_bytes, end)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!hash.digest().equals(buffer.subarray(end))) return null;
  const content_at = header_at + buffer.readUInt32BE(magic.length);
  // Ours, byte by byte, by its checksum.
  const header = JSON.parse(buffer.toString('utf8', header_at, content_at)) as SnapshotHeader;
  return { header, content: buffer.subarray(content_at, end) };
}
