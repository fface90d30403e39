import { meSchema, nothing } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { pictureRate } from './exchange-picture.js';
import { setPicture } from './set-picture.js';

/** Having none is fine. */
export const removeBanner = defineUseCase({
  name: 'users.removeBanner',
  summary: 'Remove my banner',
  description: 'Having none is fine.',
  errors: [],
  access: 'user',
  input: nothing,
  output: meSchema,
  rate: pictureRate,
  run: (_, context) => setPicture('banner', null, context),
});
