/**
 * A value that can be read now and watched. `get` returns the same object until the value changes, so a readable fits
 * React's `useSyncExternalStore(readable.subscribe, readable.get)`; `subscribe` calls `run` at once with the value as it
 * stands and then after every change (Svelte's store contract). Both work detached from their object.
 */
export interface Readable<T> {
  get(): T;
  /** @returns a function that ends the subscription. */
  subscribe(run: (value: T) => void): () => void;
}

export interface Writable<T> extends Readable<T> {
  set(value: T): void;
}

export interface Derived<T> extends Readable<T> {
  /** Says that what `compute` reads has changed. Nothing is computed while nobody looks. */
  invalidate(): void;
}

export function writable<T>(initial: T): Writable<T> {
  let value = initial;
  const { subscribe, notify } = listeners(() => value);
  return {
    get: () => value,
    subscribe,
    set(next) {
      if (next === value) return;
      value = next;
      notify();
    },
  };
}

/** `compute` is given its last result and may return it again to say that nothing changed. */
export function derived<T>(compute: (last: T | undefined) => T): Derived<T> {
  let value: T | undefined;
  let isStale = true;
  const get = (): T => {
    if (isStale) {
      value = compute(value);
      isStale = false;
    }
    return value as T;
  };
  const { subscribe, notify, count } = listeners(get);
  return {
    get,
    subscribe,
    invalidate() {
      if (count() === 0) {
        isStale = true;
        return;
      }
      const before = get();
      isStale = true;
      if (get() !== before) notify();
    },
  };
}

function listeners<T>(get: () => T) {
  const runs = new Set<{ run: (value: T) => void }>();
  return {
    count: () => runs.size,
    subscribe(run: (value: T) => void) {
      // An object of its own: the same function may subscribe twice.
      const entry = { run };
      runs.add(entry);
      call(run, get());
      return () => {
        runs.delete(entry);
      };
    },
    notify() {
      // `get()` each time: a listener may change the value, and whoever comes after it must not see the older one last.
      for (const entry of [...runs]) if (runs.has(entry)) call(entry.run, get());
    },
  };
}

/** The app's code must not break ours: what it throws surfaces as an uncaught error, after our work is done. */
export function call<T>(run: (value: T) => void, value: T): void {
  try {
    run(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
