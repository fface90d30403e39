import type { Context } from '../context.js';
import { MessengerError } from '../errors.js';

/** @throws BLOCK_SELF, USER_NOT_FOUND */
export async function mustBeAnother(user_id: number, { storage, caller }: Context): Promise<void> {
  if (user_id === caller.user_id) throw new MessengerError('BLOCK_SELF', { field: 'user_id' });
  const [user] = await storage.users.get([user_id]);
  if (!user) throw new MessengerError('USER_NOT_FOUND', { field: 'user_id' });
}

/** Whether the two hear when the other comes or goes: they share a private chat, and no block. */
export async function sharesPrivateChat(user_id: number, { storage, caller }: Context): Promise<boolean> {
  const peers = await storage.members.peersOf([caller.user_id]);
  return peers.some((peer) => peer.peer_id === user_id);
}
