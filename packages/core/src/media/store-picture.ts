import type { Upload } from '@dialect/protocol';
import type { Services } from '../context.js';
import { MessengerError } from '../errors.js';
import type { MediaKind, MediaRow } from '../ports/index.js';
import { readWhole } from './read-upload.js';
import { storeFile } from './store-file.js';

export type PictureKind = Exclude<MediaKind, 'attachment'>;

interface Rule {
  width: number;
  height: number;
  /** Of exactly this size, and not at most. */
  is_exact?: boolean;
}

const rules: Record<PictureKind, Rule> = {
  avatar: { width: 1024, height: 1024 },
  banner: { width: 1024, height: 345 },
  chat_avatar: { width: 1024, height: 1024, is_exact: true },
};
const max_bytes = 5 * 1024 * 1024;
/** An animated PNG is a PNG: its first picture is kept. */
const accepted = ['image/png', 'image/apng', 'image/jpeg', 'image/webp'];

/**
 * Stores a picture of a person or a chat: read, checked, and written anew, so that what is served is a picture and
 * nothing else.
 * @throws UPLOAD_EMPTY, UPLOAD_TOO_LARGE, NOT_AN_IMAGE, UNSUPPORTED_IMAGE, IMAGE_TOO_LARGE, IMAGE_WRONG_SIZE, BUSY,
 * STORAGE_FULL, MEDIA_OFF
 */
export async function storePicture(
  file: Upload,
  { kind, owner_id }: { kind: PictureKind; owner_id: number },
  context: Services,
): Promise<MediaRow> {
  const { fileTypes, images } = context.media;
  const content = await readWhole(file, max_bytes);
  const type = await fileTypes.detect(content.subarray(0, fileTypes.head_bytes));
  if (!type?.media_type.startsWith('image/')) throw new MessengerError('NOT_AN_IMAGE', { field: 'file' });
  if (!accepted.includes(type.media_type)) throw new MessengerError('UNSUPPORTED_IMAGE', { field: 'file' });
  const info = await images.inspect(content);
  if (!info) throw new MessengerError('NOT_AN_IMAGE', { field: 'file' });
  check(info, rules[kind]);
  const picture = await images.rewrite(content);
  if (!picture) throw new MessengerError('NOT_AN_IMAGE', { field: 'file' });
  // What comes out may be larger than what came in; it is bounded by its pixels.
  const given = { kind, owner_id, filename: null, max_bytes: Number.POSITIVE_INFINITY };
  return storeFile(picture, given, context, async () => ({ ...info, thumbnail: null }));
}

function check(info: { width: number; height: number }, { width, height, is_exact }: Rule): void {
  if (is_exact ? info.width === width && info.height === height : info.width <= width && info.height <= height) return;
  const message = `The picture has ${info.width} x ${info.height} pixels; ${is_exact ? '' : 'at most '}${width} x ${height} are needed.`;
  throw new MessengerError(is_exact ? 'IMAGE_WRONG_SIZE' : 'IMAGE_TOO_LARGE', { field: 'file', message });
}
