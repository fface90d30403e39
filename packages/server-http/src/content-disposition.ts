/** What a browser shows and never runs. Everything else is saved to disk: pages, SVG, scripts, documents. */
const shown = new Set([
  'image/png',
  'image/apng',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/quicktime',
  'video/ogg',
  'audio/ogg',
  'audio/opus',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/wav',
  'audio/flac',
  'audio/x-flac',
]);

/** The `Content-Disposition` of a file (RFC 6266), with its name in ASCII and, as RFC 8187 has it, whole. */
export function contentDisposition(media_type: string, filename: string): string {
  const type = shown.has(media_type) ? 'inline' : 'attachment';
  // Marks of direction make "gpj.exe" read as "exe.jpg"; no name needs them.
  const name = filename.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
