import type { Id, Message } from '@dialect/protocol';
import type { ChatData } from './chat-data.js';
import { deliveryOf } from './delivery.js';
import { draftOf, type Operation } from './outbox.js';
import { derived, type Readable } from './readable.js';
import type { MessageList, MessageView } from './types.js';

export interface MessageListHooks {
  data: ChatData;
  me(): Id | null;
  pending(): readonly Operation[];
  /** Makes sure that the newest messages are known. */
  load(): Promise<void>;
  history(before_seq: number, limit: number): Promise<readonly Message[]>;
}

export interface MessageListState {
  /** What the app gets. */
  list: MessageList;
  /** One message of mine, from the outbox to the last receipt. */
  viewOf(operation: Operation): Readable<MessageView>;
  invalidate(): void;
}

export function createMessageList({ data, me, pending, load, history }: MessageListHooks): MessageListState {
  // A view is the same object until something that it shows has changed.
  const rowViews = new WeakMap<Message, MessageView>();
  const operationViews = new WeakMap<Operation, MessageView>();

  function viewOfRow(row: Message): MessageView {
    const known = rowViews.get(row);
    const before = known?.delivery === 'read' || known?.delivery === 'delivered' ? known.delivery : row.status;
    const delivery = deliveryOf(row, data.members.values(), before);
    const is_mine = row.sender_id === me();
    if (known?.delivery === delivery && known.is_mine === is_mine) return known;
    const { status: _, ...shown } = row;
    const view = { ...shown, delivery, is_mine, error: null };
    rowViews.set(row, view);
    return view;
  }

  function viewOfOperation(operation: Operation): MessageView {
    if (operation.message) return viewOfRow(operation.message);
    const known = operationViews.get(operation);
    if (known?.delivery === operation.state && known.error === operation.error) return known;
    const view = optimisticView(operation, me());
    operationViews.set(operation, view);
    return view;
  }

  const views = derived<readonly MessageView[]>((last) => {
    const next = data.window.rows.map(viewOfRow);
    for (const operation of pending()) next.push(viewOfOperation(operation));
    return last && sameItems(last, next) ? last : next;
  });
  const hasOlder = derived(() => data.window.floor > 1 && data.chat !== null);

  async function loadOlder(n = 50): Promise<void> {
    // Nothing to continue from: the newest page is the first one to show.
    if (data.head === 0) return load();
    if (!hasOlder.get()) return;
    await data.window.extend(async (before_seq) => {
      const page = await history(before_seq, n);
      return { page, isLast: page.length < n };
    });
    invalidate();
  }

  function invalidate(): void {
    views.invalidate();
    hasOlder.invalidate();
  }

  let loading: Promise<void> | null = null;
  return {
    list: {
      get: views.get,
      subscribe: views.subscribe,
      hasOlder,
      // A scroll handler calls it many times: one page at a time, as the next one continues from this one.
      loadOlder(n) {
        loading ??= loadOlder(n).finally(() => {
          loading = null;
        });
        return loading;
      },
    },
    viewOf(operation) {
      let shown = viewOfOperation(operation);
      const get = () => {
        const { message } = operation;
        const row = message && data.window.rows.findLast(({ id }) => id === message.id);
        shown = row ? viewOfRow(row) : viewOfOperation(operation);
        return shown;
      };
      return {
        get,
        subscribe(run) {
          let last: MessageView | null = null;
          return views.subscribe(() => {
            const next = get();
            if (next !== last) {
              last = next;
              run(next);
            }
          });
        },
      };
    },
    invalidate,
  };
}

function optimisticView({ input, created_at, state, error }: Operation, me: Id | null): MessageView {
  const draft = draftOf(input, me);
  return { ...draft, id: null, seq: null, rev: null, sent_at: created_at, delivery: state, is_mine: true, error };
}

export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
