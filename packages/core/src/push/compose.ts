import { contentFree, notificationText } from '../domain/notification.js';
import type { DeviceRow, DuePush, MessageRow, PushNotification, Storage } from '../ports/index.js';
import { isMuted, mentionsOf } from './muted.js';

/** One device of one push. */
export interface Addressed {
  push: DuePush;
  device: DeviceRow;
  notification: PushNotification;
}

/**
 * What goes to which device. None for a push whose message was deleted meanwhile, whose user has no device left, or who
 * has muted the chat and is not mentioned.
 */
export async function compose(
  storage: Storage,
  pushes: readonly DuePush[],
  { content, at }: { content: boolean; at: number },
): Promise<Addressed[]> {
  const [messages, devices] = await Promise.all([
    findMessages(storage, pushes),
    storage.devices.of([...new Set(pushes.map(({ user_id }) => user_id))]),
  ]);
  const sender_ids = [...new Set([...messages.values()].map(({ sender_id }) => sender_id))];
  const senders = new Map((await storage.users.get(sender_ids)).map((user) => [user.id, user]));
  return pushes.flatMap((push) => {
    const message = messages.get(placeOf(push));
    const sender = message && senders.get(message.sender_id);
    if (!message || !sender) return [];
    // Muted since its recipients were looked for, perhaps.
    if (isMuted(push, at) && !mentionsOf(message).includes(push.user_id)) return [];
    const text = content ? notificationText(message, sender, push) : contentFree;
    const { chat_id, user_id, device_ids } = push;
    return devices
      .filter((device) => device.user_id === user_id && (device_ids === null || device_ids.includes(device.id)))
      .map((device) => {
        const { fcm_token: token, device_type } = device;
        return { push, device, notification: { token, device_type, chat_id, message_id: message.id, ...text } };
      });
  });
}

type Place = Pick<DuePush, 'chat_id' | 'seq'>;
const placeOf = ({ chat_id, seq }: Place): string => `${chat_id}:${seq}`;

async function findMessages(storage: Storage, pushes: readonly DuePush[]): Promise<Map<string, MessageRow>> {
  const messages = new Map<string, MessageRow>();
  const places = new Map(pushes.map((push) => [placeOf(push), push]));
  // One after another: push takes no more than one connection to the database from those who send.
  for (const [place, { chat_id, seq }] of places) {
    const between = { floor_seq: seq - 1, before_seq: seq + 1 };
    const [message] = await storage.messages.page({ chat_id, ...between, limit: 1, offset: 0 });
    if (message) messages.set(place, message);
  }
  return messages;
}
