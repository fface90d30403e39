import type { MessageMeta } from '../ports/messages.js';

/** The text that a row holds; null when there is nothing to say. */
export function writeMeta(meta: MessageMeta): string | null {
  const said = Object.entries(meta).filter(([, value]) => value !== undefined && !isEmptyList(value));
  return said.length > 0 ? JSON.stringify(Object.fromEntries(said)) : null;
}

export function readMeta(row: { meta: string | null }): MessageMeta {
  return row.meta === null ? {} : (JSON.parse(row.meta) as MessageMeta);
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
