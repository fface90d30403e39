/** Pauses that end early when somebody says so, and for good when all is over. They keep no process alive. */
export interface Rest {
  readonly is_over: boolean;
  wait(ms: number): Promise<void>;
  /** Ends the pause that is being made. */
  wake(): void;
  /** Ends this pause and every later one. */
  end(): void;
}

export function createRest(): Rest {
  let is_over = false;
  let wake = (): void => undefined;
  return {
    get is_over() {
      return is_over;
    },
    async wait(ms) {
      if (is_over) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        timer.unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    wake: () => wake(),
    end() {
      is_over = true;
      wake();
    },
  };
}
