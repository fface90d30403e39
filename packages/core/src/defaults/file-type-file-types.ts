import type { FileTypes } from '../ports/index.js';

/** What the package itself calls reasonable. Few bytes also bound what a compressed file can unfold to. */
const head_bytes = 4_100;

/** Types by their signatures, from the `file-type` package. */
export async function createFileTypes(): Promise<FileTypes> {
  const { fileTypeFromBuffer } = await import('file-type');
  return {
    head_bytes,
    async detect(head) {
      // It follows offsets that the file itself gives, and throws where a hostile one leads nowhere.
      const found = await fileTypeFromBuffer(head).catch(() => undefined);
      if (!found) return null;
      const media_type = found.mime.split(';')[0]?.trim() ?? '';
      return { media_type, extension: /^[a-z0-9]{1,8}$/.test(found.ext) ? found.ext : 'bin' };
    },
  };
}
