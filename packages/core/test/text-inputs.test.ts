import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api } from '../src/api.js';

type Json = { [key: string]: unknown };

/** Where an input holds text: `media.url`. */
function textsIn(schema: Json, path: (string | number)[] = []): (string | number)[][] {
  const found = schema.type === 'string' ? [path] : [];
  for (const one of (schema.anyOf ?? []) as Json[]) found.push(...textsIn(one, path));
  for (const [name, one] of Object.entries((schema.properties ?? {}) as { [name: string]: Json })) {
    found.push(...textsIn(one, [...path, name]));
  }
  return schema.items ? [...found, ...textsIn(schema.items as Json, [...path, 0])] : found;
}

/** An input with one text in it, and nothing else. */
const holding = (text: string, [first, ...rest]: (string | number)[]): unknown => {
  if (first === undefined) return text;
  return typeof first === 'number' ? [holding(text, rest)] : { [first]: holding(text, rest) };
};

const inputs = Object.values(api).flatMap(({ name, input }) => {
  const paths = textsIn(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Json);
  return [...new Set(paths.map((path) => path.join('.')))].map((field) => {
    const path = paths.find((one) => one.join('.') === field) as (string | number)[];
    return { title: `${name}: ${field}`, input, path };
  });
});

/** Not refused: what no name of a file can have is taken out of it. */
const tidied = 'media.upload: filename';
const refused = inputs.flatMap(({ title, input, path }) => (title === tidied ? [] : [[title, input, path] as const]));

describe('text that is no Unicode, which could not come back as it was', () => {
  it('is looked for everywhere', () => {
    const titles = inputs.map(({ title }) => title);
    const known = ['auth.register: password', 'users.update: public_key', 'messages.send: media.filename', tidied];
    expect(titles).toEqual(expect.arrayContaining(known));
    expect(titles.length).toBeGreaterThan(40);
  });

  it.each(refused)('is refused in %s', (_, input, path) => {
    for (const lone of ['\ud800', 'long enough \ud83d', '\udc00 long enough']) {
      const result = input.safeParse(holding(lone, path));
      expect(result.error?.issues.map((issue) => issue.path)).toContainEqual(path);
    }
  });
});
