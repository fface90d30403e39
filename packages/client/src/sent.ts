import type { Operation, Outbox } from './outbox.js';
import type { Readable } from './readable.js';
import type { MessageView, Sent } from './types.js';

export function createSent(operation: Operation, outbox: Outbox, view: Readable<MessageView>): Sent {
  return {
    clientId: operation.input.client_id,
    view,
    retry: () => outbox.retry(operation),
    cancel: () => outbox.cancel(operation),
    // biome-ignore lint/suspicious/noThenProperty: a message that was sent is awaited for its outcome.
    then: (done, failed) => operation.promise.then(done, failed),
  };
}
