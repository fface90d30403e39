import type { UsernameFilter } from '../ports/index.js';
import { addToLayer, type BloomLayer, createLayer, type Digest, digest, layerHas } from './bloom-layer.js';
import { readLayers, writeLayers } from './bloom-snapshot.js';

/** One false "perhaps" in 2,048 for the first layer, half as many for each further one: one in 1,024 for all together. */
const hashes = 11;
const capacity_max = 2 ** 27;
/** Names between two turns of the event loop: a fraction of a millisecond. */
const slice = 500;

/**
 * A scalable Bloom filter (Almeida and others, 2007): when a layer is full a further one of twice its size is put on
 * top. Nothing is rebuilt for that, so it takes no time, and what was known stays known. 2 bytes for each name.
 */
export function createBloomUsernameFilter({ capacity = 1_000_000 } = {}): UsernameFilter {
  let layers = [createLayer(capacity, hashes)];
  /** The next content, while it is being read. */
  let coming: BloomLayer[] | null = null;
  let is_ready = false;

  return {
    mayContain(username_key) {
      if (!is_ready) return true;
      const name = digest(username_key);
      return layers.some((layer) => layerHas(layer, name));
    },

    add(username_key) {
      const name = digest(username_key);
      addTo(layers, name);
      if (coming) addTo(coming, name);
    },

    async fill(slices) {
      // In one layer as far as it is known how many there are: each further one is looked into as well.
      const fresh = () => [createLayer(Math.min(Math.max(capacity, namesIn(layers)), capacity_max), hashes)];
      // Nobody is answered from it yet: then what came since the start is in it already, and may stay.
      const filling = is_ready ? fresh() : layers;
      if (is_ready) coming = filling;
      try {
        for await (const names of slices) {
          for (let start = 0; start < names.length; start += slice) {
            for (const name of names.slice(start, start + slice)) addTo(filling, digest(name));
            await new Promise((resolve) => setImmediate(resolve));
          }
        }
        layers = filling;
        is_ready = true;
      } finally {
        coming = null;
      }
    },

    size: () => ({ names: namesIn(layers), bytes: layers.reduce((sum, { bits }) => sum + bits.length, 0) }),

    save: () => writeLayers(layers),

    load(bytes) {
      const read = readLayers(bytes);
      if (!read) return false;
      // Ours may hold what came since the start.
      layers = [...read, ...layers.filter((layer) => layer.names > 0)];
      is_ready = true;
      return true;
    },
  };
}

function namesIn(layers: readonly BloomLayer[]): number {
  return layers.reduce((sum, { names }) => sum + names, 0);
}

function addTo(layers: BloomLayer[], name: Digest): void {
  // A repeat must not fill a second layer.
  if (layers.some((layer) => layerHas(layer, name))) return;
  let last = layers.at(-1) as BloomLayer;
  if (last.names >= last.capacity) {
    last = createLayer(Math.min(last.capacity * 2, capacity_max), last.hashes + 1);
    layers.push(last);
  }
  addToLayer(last, name);
}
