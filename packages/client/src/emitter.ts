import { call } from './readable.js';

export interface Emitter<Events> {
  on<K extends keyof Events>(
    type: K,
    listener: (event: Events[K]) => void,
    options?: { signal?: AbortSignal },
  ): () => void;
  emit<K extends keyof Events>(type: K, event: Events[K]): void;
}

export function createEmitter<Events>(): Emitter<Events> {
  const listeners: { [K in keyof Events]?: Set<(event: Events[K]) => void> } = {};
  return {
    on(type, listener, { signal } = {}) {
      const off = () => {
        listeners[type]?.delete(entry);
        signal?.removeEventListener('abort', off);
      };
      const entry: typeof listener = (event) => listener(event);
      if (signal?.aborted) return off;
      listeners[type] ??= new Set();
      listeners[type].add(entry);
      signal?.addEventListener('abort', off);
      return off;
    },
    emit(type, event) {
      for (const listener of [...(listeners[type] ?? [])]) call(listener, event);
    },
  };
}
