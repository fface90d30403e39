import type { Changes, Chat, Event, Id, MarkEvent, Member, Message, UserStatus } from '@dialect/protocol';
import { createMessageWindow } from './message-window.js';
import { countUnread, type UnreadBase } from './unread.js';

/** The events that carry a `rev`. */
export type DurableEvent = Extract<Event, { rev: number }>;

/** What an application of rows brought; the list is in the order of `seq`. */
export type Arrivals = readonly Message[];

/**
 * What the client knows of one chat: plain state and the rules that move it. Rows only ever come in by way of events
 * and changes, in the order of `rev`; an answer to `send` does not write here, so there is one writer and no hole.
 */
export class ChatData {
  /** The revision up to which everything is known; 0 when only bits are, as from a list of chats. */
  head = 0;
  /** The chat as the server last sent it. Null: unknown, or left. */
  chat: Chat | null = null;
  /** Present and departed members. */
  members = new Map<Id, Member>();
  window = createMessageWindow();
  read_seq = 0;
  delivered_seq = 0;
  base: UnreadBase | null = null;
  private shown_unread = 0;

  constructor(
    readonly id: Id,
    private readonly me: () => Id | null,
  ) {}

  get last_seq(): number {
    return Math.max(this.chat?.last_seq ?? 0, this.window.top);
  }

  /** The newest message of others: what is to be acknowledged as delivered. */
  get last_received_seq(): number {
    const { rows } = this.window;
    for (let i = rows.length - 1; i >= 0; i--) if (rows[i]!.sender_id !== this.me()) return rows[i]!.seq;
    return 0;
  }

  /** Null when the server has to be asked; `unread` then still gives what was last known. */
  get exact_unread(): number | null {
    const { read_seq, last_seq, window, base } = this;
    return countUnread({ me: this.me(), read_seq, last_seq, window, base });
  }

  get unread(): number {
    this.shown_unread = this.exact_unread ?? Math.min(this.shown_unread, this.last_seq - this.read_seq);
    return this.shown_unread;
  }

  /** @returns the messages that were not here before; none for a first snapshot, which is history and not news. */
  applyChanges(changes: Changes): Arrivals {
    const knownTop = this.head > 0 ? this.window.top : Number.POSITIVE_INFINITY;
    if (changes.chat) this.refresh(changes.chat);
    for (const member of changes.members) this.putMember(member);
    const rows = [...changes.messages].sort((a, b) => a.seq - b.seq);
    let arrivals: Message[];
    if (changes.snapshot) {
      this.window.replace(rows, changes.to, changes.chat?.last_seq ?? 0);
      arrivals = rows.filter((row) => row.seq > knownTop);
    } else {
      arrivals = rows.filter((row) => this.putMessage(row));
    }
    for (const row of rows) this.markAuthor(row);
    this.head = Math.max(this.head, changes.to);
    return arrivals;
  }

  applyEvent(event: DurableEvent): Arrivals {
    if (event.type === 'member_changed') this.putMember(event.member);
    if (event.type === 'chat_history_cleared') this.clear(event.seq);
    if (event.type === 'chat_updated') {
      const { chat_name, avatar_url, rev } = event;
      this.patch({ chat_name, avatar_url, rev });
    }
    if (!('message' in event)) return [];
    const isNew = event.type === 'message_created';
    // A change of a message that is not here is of one that I have deleted for myself.
    const isAdded = this.putMessage(event.message, !isNew);
    this.markAuthor(event.message);
    return isNew && isAdded ? [event.message] : [];
  }

  applyMark({ type, user_id, seq }: Pick<MarkEvent, 'type' | 'user_id' | 'seq'>): void {
    this.moveMarks(user_id, type === 'message_read' ? seq : 0, seq);
  }

  /** @returns whether they are in this chat */
  setOnline({ user_id, is_online, last_seen_at }: UserStatus): boolean {
    const member = this.members.get(user_id);
    if (member) this.members.set(user_id, { ...member, is_online, last_seen_at });
    return member !== undefined;
  }

  patch(changes: Partial<Chat>): void {
    if (this.chat) this.chat = { ...this.chat, ...changes };
  }

  /** Everything up to that number is gone. */
  clear(seq: number): void {
    this.window.cut(seq);
    this.base = null;
    const { chat } = this;
    if (chat?.last_message && chat.last_message.seq <= seq) this.patch({ last_message: null });
  }

  /** A chat as the server sees it now: marks and counts, but no word about which rows changed. */
  refresh(chat: Chat): void {
    if (chat.rev >= (this.chat?.rev ?? 0)) this.chat = chat;
    this.window.cut(chat.cleared_seq);
    for (const member of chat.participants) this.putMember(member);
    this.read_seq = Math.max(this.read_seq, chat.read_seq);
    this.delivered_seq = Math.max(this.delivered_seq, chat.delivered_seq);
    const { base } = this;
    if (base === null || (chat.read_seq >= base.read_seq && chat.last_seq >= base.last_seq)) {
      this.base = { count: chat.unread_count, read_seq: chat.read_seq, last_seq: chat.last_seq };
    }
  }

  /** A chat that is known by a list only: its last message is what such a list shows. */
  seed(chat: Chat): void {
    this.refresh(chat);
    if (this.head > 0) return;
    this.window.replace(chat.last_message ? [chat.last_message] : [], chat.rev, chat.last_seq);
  }

  /** Nothing of the chat is left for me after this event. */
  isEndedBy(event: DurableEvent): boolean {
    return event.type === 'member_changed' ? this.isMyDeparture(event.member) : event.type === 'chat_deleted';
  }

  /** My own departure, if the rows tell of one that is news. */
  isMyDeparture(member: Member): boolean {
    if (member.user_id !== this.me() || member.left_at === null) return false;
    return member.rev > (this.members.get(member.user_id)?.rev ?? 0);
  }

  forget(): void {
    this.head = 0;
    this.chat = null;
    this.members.clear();
    this.window = createMessageWindow();
    this.read_seq = 0;
    this.delivered_seq = 0;
    this.base = null;
  }

  private putMessage(row: Message, onlyKnown = false): boolean {
    const outcome = this.window.put(row, onlyKnown);
    // It may have been among those that the server counted, and we cannot see whether it was.
    if (outcome === 'ignored' && row.is_deleted && row.seq > this.read_seq && row.seq < this.window.floor) {
      this.base = null;
    }
    return outcome === 'added';
  }

  private putMember(member: Member): void {
    const known = this.members.get(member.user_id);
    if (!known || member.rev > known.rev) this.members.set(member.user_id, member);
    this.moveMarks(
      member.user_id,
      Math.max(member.read_seq, known?.read_seq ?? 0),
      Math.max(member.delivered_seq, known?.delivered_seq ?? 0),
    );
  }

  /** Who writes a message has read up to it; no receipt is sent for that. */
  private markAuthor({ sender_id, seq }: Message): void {
    if (sender_id !== null) this.moveMarks(sender_id, seq, seq);
  }

  /** Marks only grow. What is read has been delivered. */
  private moveMarks(user_id: Id, read: number, delivered: number): void {
    if (user_id === this.me()) {
      this.read_seq = Math.max(this.read_seq, read);
      this.delivered_seq = Math.max(this.delivered_seq, delivered, read);
    }
    const member = this.members.get(user_id);
    if (!member) return;
    const read_seq = Math.max(member.read_seq, read);
    const delivered_seq = Math.max(member.delivered_seq, delivered, read);
    if (read_seq === member.read_seq && delivered_seq === member.delivered_seq) return;
    this.members.set(user_id, { ...member, read_seq, delivered_seq });
  }
}
