import { MessengerError } from '@dialect/core';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { fromText } from './fields.js';
import type { Operation } from './operations.js';
import { checkContentType } from './read-body.js';

/** A form has a file and a few words with it. */
const limits = { fields: 20, fieldSize: 1_000, parts: 25, headerPairs: 20, headerSize: 8 * 1024 };
/**
 * A client that is still sending does not hear a refusal: browsers report a broken connection instead. So what it sends
 * is passed over before the answer, up to here.
 */
const passed_over = { bytes: 64 * 1024 * 1024, ms: 10_000 };

export interface Multipart {
  /** The words that came before the file, and the file: a stream that ends well only if all of the body was in order. */
  fields: Record<string, unknown>;
  /** Lets go of the body, however much of it has been read. */
  close(): Promise<void>;
}

/**
 * Reads a form as far as its file, whose bytes then come as they are asked for: nothing is held in memory, and a slow
 * disk slows its sender down. In a form without a file it is not among the fields.
 * @throws UNSUPPORTED_CONTENT_TYPE, MALFORMED_BODY, INVALID_INPUT
 */
export async function openMultipart(request: Request, operation: Operation): Promise<Multipart> {
  checkContentType(request, operation.route);
  const parser = createParser(request);
  const body = pump(request.body, parser);
  const form = readForm(parser, operation, body.pumping);
  try {
    return { fields: await form, close: body.close };
  } catch (error) {
    await body.close();
    throw error;
  }
}

/** Resolves with the first file, or at the end of the form. */
function readForm(parser: BusboyInstance, { body_fields }: Operation, pumping: Promise<void>) {
  const file_name = body_fields.find((field) => field.kind === 'file')?.name as string;
  const fields: Record<string, unknown> = {};
  return new Promise<typeof fields>((resolve, reject) => {
    const whole = new Promise<void>((done, failed) => {
      let current: BusboyFileStream | null = null;
      const fail = (error: unknown) => {
        failed(error instanceof MessengerError ? error : malformed('The form is damaged, or ended early.', error));
        // Nothing more would come of it, and its reader would wait.
        current?.destroy();
      };
      parser.on('finish', done).on('error', fail);
      for (const event of ['partsLimit', 'fieldsLimit'] as const) {
        parser.on(event, () => fail(malformed('The form has too many parts.')));
      }
      pumping.catch(fail);
      parser.on('field', (name, text, is_name_cut, is_text_cut) => {
        const field = body_fields.find((one) => one.name === name && one.kind !== 'file');
        if (field && !is_name_cut && !is_text_cut) fields[field.name] = fromText(field, text);
      });
      parser.on('file', (name, stream, filename) => {
        // With nobody to hear it, an upload that breaks off would end the process.
        stream.on('error', fail);
        if (name !== file_name || file_name in fields) {
          stream.resume();
          const message = `${file_name}: one file is expected, in the field of this name`;
          return fail(new MessengerError('INVALID_INPUT', { field: file_name, message }));
        }
        if (filename && body_fields.some((field) => field.name === 'filename')) fields.filename ??= filename;
        current = stream;
        fields[file_name] = contentOf(stream, whole);
        resolve(fields);
      });
    });
    whole.then(() => resolve(fields), reject);
  });
}

async function* contentOf(stream: AsyncIterable<unknown>, whole: Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch {
    // `whole` has heard of it too, and knows what to call it.
  }
  await whole;
}

function createParser(request: Request): BusboyInstance {
  try {
    const headers = { 'content-type': request.headers.get('content-type') ?? '' } as BusboyHeaders;
    return new Busboy({ headers, limits });
  } catch (error) {
    throw malformed('The form names no boundary.', error);
  }
}

/** Hands the body to the parser as fast as it takes it. */
function pump(body: Request['body'], parser: BusboyInstance): { pumping: Promise<void>; close(): Promise<void> } {
  let is_closed = false;
  let wake = (): void => undefined;

  async function run(): Promise<void> {
    const reader = body?.getReader();
    let passed = 0;
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      if (is_closed) {
        passed += next.value.byteLength;
        if (passed > passed_over.bytes) return;
      } else if (!parser.write(next.value)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          parser.once('drain', resolve);
        });
      }
    }
    if (!is_closed) parser.end();
  }
  const pumping = run();
  pumping.catch(() => undefined);

  return {
    pumping,
    async close() {
      is_closed = true;
      wake();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, passed_over.ms);
      });
      await Promise.race([pumping, late]).catch(() => undefined);
      clearTimeout(timer);
    },
  };
}

function malformed(message: string, cause?: unknown): MessengerError {
  return new MessengerError('MALFORMED_BODY', { message, cause });
}
