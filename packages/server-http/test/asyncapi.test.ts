import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ClientFrame, ServerFrame } from '@dialect/protocol';
import { createAsyncApiDocument } from '@dialect/server-http';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { nativeCommands } from '../../transport-ws/src/native-commands.js';
import { plainCommands } from '../../transport-ws/src/plain-commands.js';
import { clientFrames } from '../src/asyncapi/client-frames.js';
import { plainClientFrames } from '../src/asyncapi/plain-frames.js';
import type { serverFrames } from '../src/asyncapi/server-frames.js';
import { ask, startApi } from './support/start-api.js';

// biome-ignore lint/suspicious/noExplicitAny: a document is looked into field by field
const document = createAsyncApiDocument() as any;

function createAjv() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.addFormat('int64', true);
}

/** The fields of each frame as its entry has them, and as the protocol has them. */
type Fields<Entries> = { [T in keyof Entries]: Entries[T] extends { schema: z.ZodType<infer F> } ? keyof F : never };
type Declared<F extends { type: string }> = { [T in F['type']]: keyof Extract<F, { type: T }> };

describe('the frames of the document', () => {
  test('have every field of the protocol, the optional ones too, and no other', () => {
    expectTypeOf<Fields<typeof clientFrames>>().toEqualTypeOf<Declared<ClientFrame>>();
    expectTypeOf<Fields<typeof serverFrames>>().toEqualTypeOf<Declared<ServerFrame>>();
  });

  // A frame is documented by one entry in src/asyncapi/client-frames.ts, server-frames.ts or plain-frames.ts.
  test('are the commands that the server carries out', () => {
    // Taken for the seeds' sake, and not recommended.
    const aliases = ['new_message'];
    const native = Object.keys(nativeCommands).filter((type) => !aliases.includes(type));
    expect(Object.keys(clientFrames).sort()).toEqual(native.sort());
    expect(Object.keys(plainClientFrames).sort()).toEqual(Object.keys(plainCommands).sort());
  });
});

describe('/asyncapi.json', () => {
  test('is a valid AsyncAPI 3.0 document', () => {
    const path = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const validate = createAjv().compile(JSON.parse(readFileSync(path, 'utf8')));
    validate(JSON.parse(JSON.stringify(document)));
    expect(validate.errors).toBeNull();
  });

  test('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path as string,
    );
    expect(references.length).toBeGreaterThan(50);
    for (const path of references) {
      const found = path.split('/').reduce((part, key) => part?.[key], document);
      expect([path, typeof found]).toEqual([path, 'object']);
    }
  });

  test.each(Object.keys(document.components.messages))('%s has an example that fits its schema', (key) => {
    const { payload, examples } = document.components.messages[key];
    const rooted = JSON.stringify({ ...payload, components: document.components });
    const validate = createAjv().compile(JSON.parse(rooted));
    expect(examples).toHaveLength(1);
    validate(examples[0].payload);
    expect(validate.errors).toBeNull();
    if (key !== 'plain.client.new_message') expect(validate({ ...examples[0].payload, type: 'other' })).toBe(false);
  });

  test('is what the server serves', async () => {
    const { url } = await startApi();
    const answer = await ask(`${url}/asyncapi.json`);
    expect([answer.status, answer.body]).toEqual([200, JSON.parse(JSON.stringify(document))]);
  });
});
