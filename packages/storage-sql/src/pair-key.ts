/** The key that makes a private chat one per pair. */
export function pairKey(a: number, b: number): string {
  return a < b ? `${a}:${b}` : `${b}:${a}`;
}

/** The other one of a private chat. */
export function otherOf(pair_key: string, user_id: number): number {
  const [a, b] = pair_key.split(':').map(Number) as [number, number];
  return a === user_id ? b : a;
}
