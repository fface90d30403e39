import { crc32, createDeflate, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export type Format = 'png' | 'jpeg' | 'webp' | 'gif' | 'avif';

/** A picture with a bit of everything in it. */
export function picture(format: Format, width: number, height: number): Promise<Buffer> {
  const create = { width, height, channels: 3, background: { r: 200, g: 30, b: 90 } } as const;
  return sharp({ create }).toFormat(format).toBuffer();
}

/** 1024 x 512 and lying on its side, with a place and a name in it. */
export function photo(): Promise<Buffer> {
  const create = { width: 512, height: 300, channels: 3, background: 'blue' } as const;
  return sharp({ create })
    .jpeg()
    .withExif({ IFD0: { Artist: 'SECRET-NAME', Orientation: '6' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

/** Pixels of one bit, all black: 300 MB in memory from 300 KB in a file. */
export async function hugePng(side = 50_000): Promise<Buffer> {
  const row = Buffer.alloc(Math.ceil(side / 8) + 1);
  const deflate = createDeflate({ level: 9 });
  const packed: Buffer[] = [];
  deflate.on('data', (data: Buffer) => packed.push(data));
  for (let y = 0; y < side; y += 100) {
    const rows = Buffer.concat(Array.from({ length: Math.min(100, side - y) }, () => row));
    if (!deflate.write(rows)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  await new Promise<void>((resolve) => deflate.on('end', resolve).end());
  return png(side, side, Buffer.concat(packed));
}

/** A small PNG with HTML in a text chunk and behind its end: both a picture and a page. */
export function pngPage(): Buffer {
  const page = '<html><script>alert(1)</script></html>';
  const whole = png(1, 1, deflateSync(Buffer.from([0, 0])), chunk('tEXt', Buffer.from(`Comment\0${page}`)));
  return Buffer.concat([whole, Buffer.from(page)]);
}

/** A GIF that is a script: its size is the beginning of a comment. */
export const gifScript = Buffer.from('GIF89a/*\x01\x00\x00\x00\x00\x3b*/=1;alert(1)//', 'latin1');

function png(width: number, height: number, data: Buffer, ...extra: Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
