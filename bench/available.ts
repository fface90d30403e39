import type { Contestant } from './contestants.ts';

/**
 * The contestants that can be measured here, and what to say of them. One that needs a database server stays out where
 * there is none; when it was asked for by name, that is an error instead.
 */
export async function available(
  chosen: readonly Contestant[],
  are_named: boolean,
): Promise<{ able: Contestant[]; remarks: string[] }> {
  const able: Contestant[] = [];
  const remarks: string[] = [];
  for (const contestant of chosen) {
    try {
      const remark = await contestant.store?.check?.();
      if (remark !== undefined) remarks.push(`${contestant.name}: ${remark}`);
      able.push(contestant);
    } catch (error) {
      const text = `${contestant.name}: ${(error as Error).message}`;
      if (are_named) throw new Error(text, { cause: error });
      remarks.push(`Left out, ${text}`);
    }
  }
  return { able, remarks };
}
