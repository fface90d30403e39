import { contentBytes } from '../plan.ts';

/** What the texts of one user begin with: it tells a socket's own messages from those of others. */
export function markOf(user: number): Buffer {
  return Buffer.from(`~${String(user).padStart(5, '0')}~`);
}

export function contentOf(user: number): string {
  return markOf(user).toString().padEnd(contentBytes, 'all work and no play ');
}
