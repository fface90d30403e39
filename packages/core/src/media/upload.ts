import { z } from 'zod';
import { mediaUrl } from '../domain/media-names.js';
import { upload as file, uploadedMediaSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { preview } from './preview.js';
import { storeFile } from './store-file.js';

const longest_name = 255;

/** Stores a file for a message, byte for byte. Until a message refers to it it is kept for a day and no longer. */
export const upload = defineUseCase({
  name: 'media.upload',
  summary: 'Upload a file for a message',
  description:
    'Byte for byte, under a name that nobody can guess. Send its `url` in a message: until then it is kept for a day and no longer.',
  errors: ['MEDIA_OFF', 'UPLOAD_EMPTY', 'UPLOAD_TOO_LARGE', 'STORAGE_FULL'],
  access: 'user',
  input: z.object({ file, filename: z.string().optional() }),
  output: uploadedMediaSchema,
  rate: () => ({ burst: 30, per_second: 0.5 }),
  async run(input, context) {
    const given = {
      kind: 'attachment',
      owner_id: context.caller.user_id,
      filename: tidy(input.filename ?? nameOf(input.file)),
      max_bytes: context.limits.upload_bytes,
    } as const;
    const { name, filename, media_type, size, width, height, thumbnail } = await storeFile(
      input.file,
      given,
      context,
      (stored, bytes, type) => preview(stored, bytes, type, context),
    );
    const thumbnail_url = thumbnail && mediaUrl(thumbnail);
    return { url: mediaUrl(name), filename: filename ?? name, media_type, size, width, height, thumbnail_url };
  },
});

/** A `File` brings its name along. */
function nameOf(from: object): string {
  return 'name' in from && typeof from.name === 'string' ? from.name : '';
}

/** A name and no path, without what no name has, as long as we keep it. From its end: there is the extension. */
function tidy(filename: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is to go
  const name = filename.replace(/^.*[\\/]/s, '').replace(/[\u0000-\u001f\u007f]|\p{Cs}/gu, '');
  return [...name].slice(-longest_name).join('') || null;
}
