import type { Readable } from 'node:stream';

/**
 * A body that is opened when somebody begins to read it, and closed when they stop: of an answer whose client has gone
 * nobody ever reads the body, and an open file would stay open.
 */
export function lazyBody(open: () => Promise<Readable | null>): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | null = null;
  let is_cancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!chunks) {
          const stream = await open();
          if (!stream) throw new Error('The file has just been deleted.');
          if (is_cancelled) return void stream.destroy();
          chunks = stream[Symbol.asyncIterator]();
        }
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        is_cancelled = true;
        await chunks?.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
