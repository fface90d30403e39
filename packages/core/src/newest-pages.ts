import type { Message } from '@dialect/protocol';
import { statusOf } from './domain/receipts.js';
import { messageToWire } from './domain/to-wire.js';
import type { MessageRow, Standing, Storage } from './ports/index.js';

/** Chats whose newest page is kept. */
const kept_chats = 256;
/** Characters of content in a kept page: long messages are read from the storage, where they are. */
const kept_characters = 64 * 1024;

interface Page {
  rev: number;
  limit: number;
  rows: readonly MessageRow[];
  /** The answer given last, and by which marks its statuses were derived. */
  answer: { limit: number; floor_seq: number; standings: readonly Standing[]; messages: readonly Message[] } | null;
}

/** The newest messages of chats: what is asked for most, read and derived once for as long as nothing changes. */
export interface NewestPages {
  /**
   * At most `limit` messages above `floor_seq`, newest first. `standings` have just been read from the storage, with the
   * chat's `rev` in them: rows are a function of the chat and its `rev`, and statuses of the rows and the marks, so what
   * is kept is right while those are the same, whichever process wrote last.
   *
   * The answer is shared by everybody who asks, and frozen: whoever encodes it can keep the text.
   */
  read(query: {
    chat_id: number;
    standings: readonly Standing[];
    floor_seq: number;
    limit: number;
    with_system: boolean;
  }): Promise<readonly Message[]>;
}

export function createNewestPages(storage: Storage): NewestPages {
  /** With the messages that a chat tells of itself, and without. */
  const kept = { all: new Map<number, Page>(), people: new Map<number, Page>() };

  async function pageOf(chat_id: number, rev: number, limit: number, with_system: boolean): Promise<Page> {
    const pages = with_system ? kept.all : kept.people;
    const known = pages.get(chat_id);
    if (known && known.rev === rev && known.limit >= limit) return known;
    // What others have cleared for themselves is cut later, so that one page serves all of them.
    const rows = await storage.messages.page({
      chat_id,
      floor_seq: 0,
      limit,
      offset: 0,
      without_system: !with_system,
    });
    const page: Page = { rev, limit, rows, answer: null };
    pages.delete(chat_id);
    if (rows.reduce((sum, row) => sum + row.content.length, 0) > kept_characters) return page;
    pages.set(chat_id, page);
    if (pages.size > kept_chats) pages.delete(pages.keys().next().value as number);
    return page;
  }

  return {
    async read({ chat_id, standings, floor_seq, limit, with_system }) {
      const page = await pageOf(chat_id, standings[0]?.chat_rev ?? 0, limit, with_system);
      const { answer } = page;
      if (answer?.limit === limit && answer.floor_seq === floor_seq && areSame(answer.standings, standings)) {
        return answer.messages;
      }
      const visible = page.rows.filter((row) => row.seq > floor_seq).slice(0, limit);
      const messages = Object.freeze(visible.map((row) => Object.freeze(messageToWire(row, statusOf(row, standings)))));
      page.answer = { limit, floor_seq, standings, messages };
      return messages;
    },
  };
}

function areSame(before: readonly Standing[], now: readonly Standing[]): boolean {
  return (
    before.length === now.length &&
    now.every((standing, index) => {
      const known = before[index] as Standing;
      return (
        known.user_id === standing.user_id &&
        known.read_seq === standing.read_seq &&
        known.delivered_seq === standing.delivered_seq &&
        known.joined_seq === standing.joined_seq
      );
    })
  );
}
