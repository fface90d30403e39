import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Upload } from '@dialect/protocol';
import type { Services } from '../context.js';
import { MessengerError } from '../errors.js';
import type { MediaFacts, MediaRow, NewMedia } from '../ports/index.js';
import { withdraw } from './discard.js';
import { readUpload } from './read-upload.js';

/** What no signature says: text of every kind among it, which is never shown but only saved. */
const unknown_type = { media_type: 'application/octet-stream', extension: 'bin' };
/** 144 bits. */
const name_bytes = 18;

/**
 * Stores a file under a new name, without holding it in memory. Nothing refers to it yet. `describe` says what there is
 * to know of it, once its bytes are there.
 * @throws UPLOAD_EMPTY, UPLOAD_TOO_LARGE, STORAGE_FULL, MEDIA_OFF; nothing is left behind then
 */
export async function storeFile(
  file: Upload,
  given: Pick<NewMedia, 'kind' | 'owner_id' | 'filename'> & { max_bytes: number },
  context: Services,
  describe: (name: string, size: number, media_type: string) => Promise<Omit<MediaFacts, 'size'>>,
): Promise<MediaRow> {
  const { media, storage, clock } = context;
  const { blobs, fileTypes } = media;
  if (context.is_in_transaction) {
    throw new Error('A file is stored before a transaction and not in it: its bytes would not be rolled back.');
  }
  const { max_bytes, ...described } = given;
  const chunks = readUpload(file, max_bytes);
  try {
    const head = await takeHead(chunks, fileTypes.head_bytes);
    if (head.byteLength === 0) throw new MessengerError('UPLOAD_EMPTY', { field: 'file' });
    const { media_type, extension } = (await fileTypes.detect(head)) ?? unknown_type;
    const name = `${given.kind}_${randomBytes(name_bytes).toString('base64url')}.${extension}`;
    const row = { ...described, name, media_type, created_at: clock.now() };
    // Before its bytes: should the process die, this is how they are found.
    await storage.media.add(row);
    try {
      const size = await blobs.put(name, Readable.from(joined(head, chunks)));
      const facts = { size, ...(await describe(name, size, media_type)) };
      if (!(await storage.media.finish(name, facts))) throw new MessengerError('BUSY');
      return { ...row, ...facts, used_at: null };
    } catch (error) {
      await withdraw(name, context);
      throw error;
    }
  } finally {
    // Not waited for: a sender who has stopped sending would keep us.
    chunks.return().catch(() => undefined);
  }
}

async function takeHead(chunks: AsyncGenerator<Uint8Array, void>, enough: number): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  for (let size = 0; size < enough; ) {
    const { value, done } = await chunks.next();
    if (done) break;
    taken.push(value);
    size += value.byteLength;
  }
  return Buffer.concat(taken);
}

async function* joined(head: Uint8Array, rest: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
