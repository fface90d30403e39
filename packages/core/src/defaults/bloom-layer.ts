/** One Bloom filter of a fixed size: `hashes` bits are set for each name. */
export interface BloomLayer {
  /** Names for which the layer keeps its rate of errors. */
  capacity: number;
  hashes: number;
  /** Names that set at least one new bit: a few less than were added, and a repeat does not count. */
  names: number;
  bits: Uint8Array;
}

/** The size for which `capacity` names set half of all bits: there `hashes` bits tell the most. */
export function bytesFor(capacity: number, hashes: number): number {
  return Math.ceil((capacity * hashes) / Math.LN2 / 8);
}

export function createLayer(capacity: number, hashes: number): BloomLayer {
  return { capacity, hashes, names: 0, bits: new Uint8Array(bytesFor(capacity, hashes)) };
}

export function layerHas({ bits, hashes }: BloomLayer, name: Digest): boolean {
  const count = bits.length * 8;
  let { a, b } = name;
  for (let n = 0; n < hashes; n++) {
    const position = a % count;
    if (((bits[position >>> 3] as number) & (1 << (position & 7))) === 0) return false;
    a = (a + b) >>> 0;
    b = (b + n) >>> 0;
  }
  return true;
}

export function addToLayer(layer: BloomLayer, name: Digest): void {
  const { bits, hashes } = layer;
  const count = bits.length * 8;
  let is_new = false;
  let { a, b } = name;
  for (let n = 0; n < hashes; n++) {
    const position = a % count;
    const byte = bits[position >>> 3] as number;
    const bit = 1 << (position & 7);
    if ((byte & bit) === 0) {
      bits[position >>> 3] = byte | bit;
      is_new = true;
    }
    a = (a + b) >>> 0;
    b = (b + n) >>> 0;
  }
  if (is_new) layer.names += 1;
}

/** Two numbers of 32 bits, from which all positions of a name follow. */
export interface Digest {
  a: number;
  b: number;
}

/**
 * Positions by double hashing ("enhanced": Dillinger and Manolios, 2004), over two multiplicative hashes that end in
 * MurmurHash3's finalizer. Not a secret: who makes names collide makes us ask the database, and no more. Snapshots hold
 * bits made by it, so another hash is another form of snapshot.
 */
export function digest(text: string): Digest {
  let a = 0x9747b28c ^ text.length;
  let b = 0x3c6ef372;
  for (let n = 0; n < text.length; n++) {
    const unit = text.charCodeAt(n);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ unit, 0x1b873593);
    b = (b << 13) | (b >>> 19);
  }
  return { a: finish(a ^ b), b: finish(b) };
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
