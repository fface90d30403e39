import type { z } from 'zod';
import { MessengerError } from './errors.js';

/** The parsed input, without fields nobody asked for. @throws INVALID_INPUT that names the first wrong field. */
export function validate<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const text = issue?.message ?? 'is not valid';
  throw new MessengerError('INVALID_INPUT', {
    ...(field && { field }),
    message: field ? `${field}: ${text}` : text,
  });
}
