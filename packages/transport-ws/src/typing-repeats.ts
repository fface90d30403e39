/** A repeat of the same state within this time is dropped. */
const repeat_ms = 2_000;
/** States above which those that no longer matter are thrown away. */
const kept = 32;

/** What a socket has last said of its typing, by chat: so that keys held down do not ring a whole chat. */
export class TypingRepeats {
  readonly #said = new Map<unknown, { is_typing: unknown; at: number }>();

  /** False for a repeat. Counted from the last one that was not, or a steady writer would fall silent. */
  isNews(chat_id: unknown, is_typing: unknown): boolean {
    const now = performance.now();
    const last = this.#said.get(chat_id);
    if (last && last.is_typing === is_typing && now - last.at < repeat_ms) return false;
    if (this.#said.size >= kept) this.#forget(now);
    this.#said.set(chat_id, { is_typing, at: now });
    return true;
  }

  /** It was refused: nobody has heard it. */
  takeBack(chat_id: unknown): void {
    this.#said.delete(chat_id);
  }

  #forget(now: number): void {
    for (const [chat_id, { at }] of this.#said) if (now - at >= repeat_ms) this.#said.delete(chat_id);
  }
}
