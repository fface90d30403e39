import type { Sharp, SharpOptions } from 'sharp';
import { createLimited } from '../limited.js';
import type { ImageProcessor } from '../ports/index.js';

/** A phone's picture has up to 50 million; with 4 bytes each that is the most one of them can take. */
const most_pixels = 50_000_000;
/** Each holds a thread of libuv's pool of four, and memory for its pixels. */
const at_once = 2;
const may_wait = 50;
const timeout_seconds = 15;
const quality = { jpeg: 85, webp: 85, thumbnail: 75 };

/** Pictures by libvips. What it may read is decided before, by the file's first bytes: it also knows SVG and more. */
export async function createImageProcessor(): Promise<ImageProcessor> {
  const sharp = (await import('sharp')).default;
  const limited = createLimited(at_once, may_wait);
  const options: SharpOptions = { limitInputPixels: most_pixels, pages: 1, failOn: 'warning' };

  /** One queue for all that decodes. What libvips cannot read is an answer and no failure. */
  const decode = (content: Uint8Array, make: (image: Sharp) => Sharp): Promise<Uint8Array | null> =>
    limited(async () => {
      try {
        return await make(sharp(content, options).autoOrient().timeout({ seconds: timeout_seconds })).toBuffer();
      } catch {
        return null;
      }
    });

  return {
    async inspect(content) {
      try {
        // Without the limit: whoever sent it is told that it is too large, and a header costs nothing.
        const { autoOrient } = await sharp(content, { ...options, limitInputPixels: false }).metadata();
        return { width: autoOrient.width, height: autoOrient.height };
      } catch {
        return null;
      }
    },
    rewrite: (content) =>
      decode(content, (image) => {
        // Each of these says what to do where the picture's own format is that one.
        for (const [format, settings] of [
          ['jpeg', { quality: quality.jpeg, mozjpeg: false }],
          ['webp', { quality: quality.webp }],
          ['png', { compressionLevel: 9 }],
        ] as const) {
          image.toFormat(format, { ...settings, force: false });
        }
        return image;
      }),
    thumbnail: (content, pixels) =>
      decode(content, (image) =>
        image
          .resize({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true })
          .webp({ quality: quality.thumbnail }),
      ),
  };
}
