import type { Message } from '@dialect/protocol';

/**
 * The messages of a chat that are loaded: one piece without holes, from `floor` to the newest. Deleted messages may be
 * missing from what the server sends, so it is `floor` and not the first row that says how far down the piece reaches.
 */
export interface MessageWindow {
  readonly rows: readonly Message[];
  /** Every message from this number on is here. Infinity when nothing is known, 1 when there is nothing older. */
  readonly floor: number;
  /** The number of the newest message here; 0 when there is none. */
  readonly top: number;
  /** A row below the window is not taken: there would be a hole. Nor is one that is no newer than what is here. */
  put(row: Message, onlyKnown?: boolean): 'added' | 'changed' | 'ignored';
  drop(seq: number): void;
  /** Nothing is left up to that number, nor to be loaded. */
  cut(seq: number): void;
  /** The newest page: what was loaded before may be out of date, and goes. Rows newer than revision `to` stay. */
  replace(page: readonly Message[], to: number, last_seq: number): void;
  /**
   * Loads the page below `floor`. False when the window was replaced while the page was on its way: then the page does
   * not fit any more.
   */
  extend(load: (before_seq: number) => Promise<{ page: readonly Message[]; isLast: boolean }>): Promise<boolean>;
}

export function createMessageWindow(): MessageWindow {
  let rows: Message[] = [];
  let floor = Number.POSITIVE_INFINITY;
  /** While an older page is on its way: changes of rows that may be in it, in an older state. */
  let late: Message[] | null = null;

  function put(row: Message, onlyKnown = false) {
    if (row.seq < floor) {
      late?.push(row);
      return 'ignored';
    }
    const at = indexOf(rows, row.seq);
    const known = rows[at];
    if (known?.seq !== row.seq) {
      if (onlyKnown) return 'ignored';
      rows.splice(at, 0, row);
      return 'added';
    }
    if (row.rev <= known.rev) return 'ignored';
    rows[at] = row;
    return 'changed';
  }

  return {
    get rows() {
      return rows;
    },
    get floor() {
      return floor;
    },
    get top() {
      return rows.at(-1)?.seq ?? 0;
    },
    put,
    drop(seq) {
      rows = rows.filter((row) => row.seq !== seq);
    },
    cut(seq) {
      if (!rows.some((row) => row.seq <= seq) && floor > seq + 1) return;
      rows = rows.filter((row) => row.seq > seq);
      floor = 1;
    },
    replace(page, to, last_seq) {
      const newer = rows.filter((row) => row.rev > to);
      rows = [...page].sort((a, b) => a.seq - b.seq);
      floor = rows[0]?.seq ?? last_seq + 1;
      late = null;
      for (const row of newer) put(row);
    },
    async extend(load) {
      const before_seq = floor;
      const arrivals: Message[] = [];
      late = arrivals;
      try {
        const { page, isLast } = await load(before_seq);
        if (late !== arrivals || floor !== before_seq) return false;
        floor = isLast ? 1 : page.reduce((lowest, row) => Math.min(lowest, row.seq), before_seq);
        for (const row of page) put(row);
        for (const row of arrivals) put(row);
        return true;
      } finally {
        if (late === arrivals) late = null;
      }
    },
  };
}

/** Where the row with this number is, or belongs. Nearly always at the end. */
function indexOf(rows: readonly Message[], seq: number): number {
  let high = rows.length;
  if (high === 0 || rows[high - 1]!.seq < seq) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
