import { z } from 'zod';
import { meSchema, upload } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { pictureRate } from './exchange-picture.js';
import { setPicture } from './set-picture.js';

/** A PNG, JPEG or WebP of at most 1024 x 345 pixels and 5 MB. */
export const setBanner = defineUseCase({
  name: 'users.setBanner',
  summary: 'Set my banner',
  description: 'A PNG, JPEG or WebP of at most 1024 x 345 pixels and 5 MB.',
  errors: [
    'MEDIA_OFF',
    'UPLOAD_EMPTY',
    'UPLOAD_TOO_LARGE',
    'NOT_AN_IMAGE',
    'UNSUPPORTED_IMAGE',
    'IMAGE_TOO_LARGE',
    'STORAGE_FULL',
  ],
  access: 'user',
  input: z.object({ file: upload }),
  output: meSchema,
  rate: pictureRate,
  run: ({ file }, context) => setPicture('banner', file, context),
});
