import { meSchema, nothing } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { pictureRate } from './exchange-picture.js';
import { setPicture } from './set-picture.js';

/** Having none is fine. */
export const removeAvatar = defineUseCase({
  name: 'users.removeAvatar',
  summary: 'Remove my avatar',
  description: 'Having none is fine.',
  errors: [],
  access: 'user',
  input: nothing,
  output: meSchema,
  rate: pictureRate,
  run: (_, context) => setPicture('avatar', null, context),
});
