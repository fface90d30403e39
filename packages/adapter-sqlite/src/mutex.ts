/** Lets tasks run one after another, in the order in which they came. */
export function createMutex(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    // The chain goes on whatever becomes of this task; who called it gets its error.
    last = run.catch(() => undefined);
    return run;
  };
}
