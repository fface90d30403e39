/** What a database holds before its trial begins. Users are numbered from 1, and the token of user 7 is `7` everywhere. */
export interface Plan {
  users: number;
  /** The members of each chat, by user number. */
  chats: readonly (readonly number[])[];
  /** Messages in the first chat. */
  messages: number;
}

/** What a seeded server calls the chats of a plan, in the plan's order. */
export interface Seeded {
  chat_ids: number[];
}

/** The length of every text that the bench sends or stores. */
export const contentBytes = 200;

/** `count` chats of `size` members, nobody in two of them. */
export function groupsOf(size: number, count: number): number[][] {
  return Array.from({ length: count }, (_, chat) =>
    Array.from({ length: size }, (_, member) => chat * size + member + 1),
  );
}
