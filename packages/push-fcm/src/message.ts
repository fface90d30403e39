import type { PushNotification } from '@dialect/core';
import type { TokenMessage } from 'firebase-admin/messaging';

/** A notification in Firebase's words, for every kind of device at once: the service takes the part that fits. */
export function toMessage({ token, title, body, chat_id, message_id }: PushNotification): TokenMessage {
  // One notification per chat on the device, whichever system shows it: the newest takes the place of the one before.
  const group = `chat-${chat_id}`;
  return {
    token,
    notification: { title, ...(body !== null && { body }) },
    data: { chat_id: String(chat_id), message_id: String(message_id) },
    android: { priority: 'high', collapseKey: group, notification: { tag: group } },
    apns: {
      headers: { 'apns-priority': '10', 'apns-collapse-id': group },
      payload: { aps: { sound: 'default', threadId: group } },
    },
    webpush: { headers: { Urgency: 'high', Topic: group }, notification: { tag: group } },
  };
}
