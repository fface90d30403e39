/** Random numbers that a seed repeats, so that a failing case fails again. */
export interface Random {
  /** From 0 to below `below`. */
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Marsaglia's xorshift with 32 bits: enough to spread test cases, and nothing else. */
export function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const int = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  return { int, pick: (from) => from[int(from.length)] as (typeof from)[number] };
}
