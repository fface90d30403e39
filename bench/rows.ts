import type { Place } from './stores/store.ts';

/**
 * Compares what is stored with what was acknowledged, once the server has ended: a fast server that loses or doubles
 * messages has not won anything.
 */
export async function checkRows(contestant: string, place: Place, expected: number): Promise<void> {
  const rows = await place.count();
  if (rows !== expected) throw new Error(`${contestant}: ${expected} messages acknowledged, ${rows} rows stored`);
}
