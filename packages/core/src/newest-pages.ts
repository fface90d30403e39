import type { MessageRow, Storage } from './ports/index.js';

/** Chats whose newest page is kept. */
const kept_chats = 256;
/** Characters of content in a kept page: long messages are read from the storage, where they are. */
const kept_characters = 64 * 1024;

interface Page {
  rev: number;
  limit: number;
  rows: readonly MessageRow[];
}

/** The newest messages of chats, read once for as long as their chat does not change. */
export interface NewestPages {
  /**
   * At most `limit` rows above `floor_seq`, newest first. `rev` is the chat's, read from the storage just before: rows
   * are a function of the chat and its `rev`, so a kept page is right while that is the same, whoever wrote last.
   */
  read(query: { chat_id: number; rev: number; floor_seq: number; limit: number }): Promise<readonly MessageRow[]>;
}

export function createNewestPages(storage: Storage): NewestPages {
  const pages = new Map<number, Page>();

  function keep(chat_id: number, page: Page): void {
    pages.delete(chat_id);
    const characters = page.rows.reduce((sum, row) => sum + row.content.length, 0);
    if (characters > kept_characters) return;
    pages.set(chat_id, page);
    if (pages.size > kept_chats) pages.delete(pages.keys().next().value as number);
  }

  return {
    async read({ chat_id, rev, floor_seq, limit }) {
      let page = pages.get(chat_id);
      if (!page || page.rev !== rev || page.limit < limit) {
        // What others have cleared for themselves is cut below, so that one page serves all of them.
        const rows = await storage.messages.page({ chat_id, floor_seq: 0, limit, offset: 0 });
        page = { rev, limit, rows };
        keep(chat_id, page);
      }
      const { rows } = page;
      const is_whole = rows.length <= limit && (rows.at(-1)?.seq ?? 1) > floor_seq;
      return is_whole ? rows : rows.filter((row) => row.seq > floor_seq).slice(0, limit);
    },
  };
}
