import type { UsernameFilter } from '../ports/index.js';

const capacity = 1_000_000;
const error_rate = 0.001;
/** Adding takes about 12 microseconds: a slice stays well below a frame. */
const slice = 200;

/** A Bloom filter of a million names with one false "perhaps" in a thousand. */
export async function createBloomUsernameFilter(): Promise<UsernameFilter> {
  // CommonJS: Node's own loader shows its exports as `default` only, most bundlers show them by name only.
  const loaded = await import('bloom-filters');
  const { BloomFilter } = loaded.default ?? loaded;
  const filter = BloomFilter.create(capacity, error_rate);
  let is_ready = false;

  return {
    mayContain: (username_key) => !is_ready || filter.has(username_key),
    add: (username_key) => filter.add(username_key),
    async fill(slices) {
      for await (const names of slices) {
        for (let start = 0; start < names.length; start += slice) {
          for (const name of names.slice(start, start + slice)) filter.add(name);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      is_ready = true;
    },
  };
}
