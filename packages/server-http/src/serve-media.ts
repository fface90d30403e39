import { type Messenger, MessengerError, type OpenedMedia } from '@dialect/core';
import { mediaPath } from '@dialect/protocol';
import type { Context, Hono } from 'hono';
import { parseRange } from './byte-range.js';
import { contentDisposition } from './content-disposition.js';
import { lazyBody } from './lazy-body.js';

/** Serves stored files. Without a token, as an `<img>` asks for them: to know the name is to be allowed to. */
export function mountMedia(app: Hono, messenger: Messenger): void {
  app.get(`${mediaPath}:name`, async (c) => {
    const media = await messenger.openMedia(c.req.param('name'));
    if (!media) throw new MessengerError('NOT_FOUND');
    return answer(c, media);
  });
}

function answer(c: Context, media: OpenedMedia): Response {
  const { size } = media;
  const headers = headersOf(media);
  if (isKnown(c.req.header('if-none-match'), headers.etag)) return new Response(null, { status: 304, headers });
  const condition = c.req.header('if-range');
  const is_current = condition === undefined || condition === headers.etag;
  const range = c.req.method === 'GET' && is_current ? parseRange(c.req.header('range'), size) : null;
  if (range === 'unsatisfiable') {
    const { 'content-type': _, 'content-disposition': __, ...rest } = headers;
    return new Response(null, { status: 416, headers: { ...rest, 'content-range': `bytes */${size}` } });
  }
  const length = String(range ? range.end - range.start + 1 : size);
  const partial = range && { 'content-range': `bytes ${range.start}-${range.end}/${size}` };
  return new Response(c.req.method === 'HEAD' ? null : lazyBody(() => media.read(range ?? undefined)), {
    status: range ? 206 : 200,
    headers: { ...headers, ...partial, 'content-length': length },
  });
}

function headersOf({ name, media_type, filename }: OpenedMedia) {
  return {
    'content-type': media_type,
    'content-disposition': contentDisposition(media_type, filename ?? name),
    // Should a browser show it all the same, then as a page that can do nothing.
    'content-security-policy': "sandbox; default-src 'none'",
    // Shown by pages of other origins: the client's is often one.
    'cross-origin-resource-policy': 'cross-origin',
    // What has this name never changes.
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    etag: `"${name}"`,
  };
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim()));
}
