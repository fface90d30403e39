import { type BloomLayer, bytesFor } from './bloom-layer.js';

/** Changes with whatever decides which bits a name has. */
const form = 'bloom-1';
/** Copied, checked and written at a time: a few milliseconds. */
const piece_bytes = 1024 * 1024;
const length_bytes = 4;

interface Header {
  form: string;
  layers: { capacity: number; hashes: number; names: number }[];
}

/** A header with what the bits mean, then the bits. Copies, since the filter goes on being added to. */
export function* writeLayers(layers: readonly BloomLayer[]): Generator<Uint8Array> {
  // As they are now: a layer that is put on top while the others are written has no place in this header.
  const written = layers.map(({ capacity, hashes, names, bits }) => ({ meta: { capacity, hashes, names }, bits }));
  const header: Header = { form, layers: written.map(({ meta }) => meta) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(length_bytes);
  length.writeUInt32BE(text.length);
  yield Buffer.concat([length, text]);
  for (const { bits } of written) {
    for (let start = 0; start < bits.length; start += piece_bytes) yield bits.slice(start, start + piece_bytes);
  }
}

/** Null when these are not our bytes. The layers lie in `bytes` itself. */
export function readLayers(bytes: Uint8Array): BloomLayer[] | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(buffer);
  if (!header) return null;
  const { layers, end } = header;
  const sizes = layers.map(({ capacity, hashes }) => bytesFor(capacity, hashes));
  if (end + sizes.reduce((sum, size) => sum + size, 0) !== bytes.length) return null;
  let start = end;
  return layers.map((layer, n) => {
    const bits = bytes.subarray(start, start + (sizes[n] as number));
    start += bits.length;
    return { ...layer, bits };
  });
}

function readHeader(buffer: Buffer): (Header & { end: number }) | null {
  if (buffer.length < length_bytes) return null;
  const end = length_bytes + buffer.readUInt32BE();
  try {
    const header = JSON.parse(buffer.toString('utf8', length_bytes, end)) as Header;
    return header.form === form && header.layers.length > 0 ? { ...header, end } : null;
  } catch {
    return null;
  }
}
