export interface Timers {
  /** @returns a function that cancels; afterwards it does nothing. */
  after(ms: number, run: () => void): () => void;
  /** Cancels everything, so that a closed client leaves nothing behind. */
  clear(): void;
}

export function createTimers(): Timers {
  const running = new Set<ReturnType<typeof setTimeout>>();
  return {
    after(ms, run) {
      const timer = setTimeout(() => {
        running.delete(timer);
        run();
      }, ms);
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    clear() {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}
