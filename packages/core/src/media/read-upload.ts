import { Buffer } from 'node:buffer';
import type { Upload } from '@dialect/protocol';
import { MessengerError } from '../errors.js';

/** The bytes of an upload, piece by piece, whatever they come in. @throws UPLOAD_TOO_LARGE as soon as they are too many */
export async function* readUpload(file: Upload, max_bytes: number): AsyncGenerator<Uint8Array, void> {
  let size = 0;
  for await (const chunk of chunksOf(file)) {
    if (!(chunk instanceof Uint8Array))
      throw new MessengerError('INVALID_INPUT', { field: 'file', message: 'file: has to be a stream of bytes' });
    size += chunk.byteLength;
    if (size > max_bytes) throw tooLarge(max_bytes);
    yield chunk;
  }
}

export function tooLarge(max_bytes: number): MessengerError {
  const message = `The file is larger than ${max_bytes} bytes.`;
  return new MessengerError('UPLOAD_TOO_LARGE', { field: 'file', message });
}

/** All of it, for what has to be small. @throws UPLOAD_EMPTY */
export async function readWhole(file: Upload, max_bytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readUpload(file, max_bytes)) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  if (whole.byteLength === 0) throw new MessengerError('UPLOAD_EMPTY', { field: 'file' });
  return whole;
}

function chunksOf(file: Upload): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (file instanceof Uint8Array) return [file];
  return Symbol.asyncIterator in file ? file : (file.stream() as AsyncIterable<Uint8Array>);
}
