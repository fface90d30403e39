import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Services } from '../context.js';
import { thumbnailOf } from '../domain/media-names.js';
import type { MediaFacts } from '../ports/index.js';

const pixels = 320;
/** To be drawn small a picture is held in memory: a larger file is shown as a file. */
const most_bytes = 16 * 1024 * 1024;
/** What people send as pictures. Nothing that is a program, such as SVG. */
const drawable = ['image/png', 'image/apng', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'];

/** The size of a stored picture, and a thumbnail beside it. What cannot be drawn is a file like any other. */
export async function preview(
  name: string,
  size: number,
  media_type: string,
  { media: { blobs, images } }: Services,
): Promise<Omit<MediaFacts, 'size'>> {
  const nothing = { width: null, height: null, thumbnail: null };
  if (size > most_bytes || !drawable.includes(media_type)) return nothing;
  const stored = await blobs.get(name);
  if (!stored) return nothing;
  const content = await buffer(stored);
  const info = await images.inspect(content);
  if (!info) return nothing;
  try {
    const small = await images.thumbnail(content, pixels);
    if (!small) return nothing;
    const thumbnail = thumbnailOf(name);
    await blobs.put(thumbnail, Readable.from([small]));
    return { ...info, thumbnail };
  } catch {
    // Too many are being drawn, or there is no room: the file itself is safe, and does without.
    return { ...info, thumbnail: null };
  }
}
