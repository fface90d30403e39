/**
 * Lets those who wait for different times go on in the order in which they came, key by key: a caller's messages must
 * not overtake one another on their way to the queue.
 */
export function createTurns(): <T>(key: string, work: Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    // It is looked at in its turn, and may fail before.
    work.catch(() => undefined);
    const before = last.get(key);
    const turn = Promise.resolve(before)
      .catch(() => undefined)
      .then(() => work);
    last.set(key, turn);
    const forget = (): void => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  };
}
