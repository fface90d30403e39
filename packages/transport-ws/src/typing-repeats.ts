/** A repeat of the same state within this time is dropped. */
const repeat_ms = 2_000;
/** States above which those that no longer matter are thrown away. */
const kept = 32;

interface Said {
  is_typing: unknown;
  at: number;
  outcome: Promise<unknown>;
}

/** What a socket has last said of its typing, by chat: so that keys held down do not ring a whole chat. */
export class TypingRepeats {
  readonly #said = new Map<unknown, Said>();

  /**
   * Says it, unless it is a repeat: that one is answered as what it repeats. The time runs from the last that was said,
   * or a steady writer would fall silent. What was refused counts for nothing.
   */
  async say(chat_id: unknown, is_typing: unknown, tell: () => Promise<unknown>): Promise<void> {
    const now = performance.now();
    const last = this.#said.get(chat_id);
    if (last && last.is_typing === is_typing && now - last.at < repeat_ms) {
      await last.outcome;
      return;
    }
    if (this.#said.size >= kept) this.#forget(now);
    const said: Said = { is_typing, at: now, outcome: tell() };
    this.#said.set(chat_id, said);
    try {
      await said.outcome;
    } catch (error) {
      if (this.#said.get(chat_id) === said) this.#said.delete(chat_id);
      throw error;
    }
  }

  #forget(now: number): void {
    for (const [chat_id, { at }] of this.#said) if (now - at >= repeat_ms) this.#said.delete(chat_id);
  }
}
