import type { PushNotification, PushOutcome, PushSender } from '@dialect/core';
import { type BatchResponse, getMessaging, type Messaging } from 'firebase-admin/messaging';
import { toMessage } from './message.js';
import { openApp } from './open-app.js';
import type { FcmOptions } from './options.js';
import { type FirebaseFailure, toOutcome } from './outcome.js';

/** Messages in one call, by Firebase's own rule. */
const most = 500;

/**
 * Push through Firebase Cloud Messaging, to Android, iOS and browsers. firebase-admin tries again by itself for some
 * seconds where the service answers 503 or the connection breaks; what fails after that is a `retry`.
 * @throws Error in one line when the credentials cannot be used
 */
export function fcm(options: FcmOptions): PushSender {
  const { app, project_id, close } = openApp(options);
  const messaging = getMessaging(app);
  if (app.options.httpAgent) messaging.enableLegacyHttpTransport();
  return {
    name: `FCM project ${project_id}`,
    async send(notifications) {
      const outcomes: PushOutcome[] = [];
      for (let start = 0; start < notifications.length; start += most) {
        outcomes.push(...(await sendBatch(messaging, notifications.slice(start, start + most))));
      }
      return outcomes;
    },
    close,
  };
}

async function sendBatch(messaging: Messaging, notifications: readonly PushNotification[]): Promise<PushOutcome[]> {
  try {
    const { responses } = await messaging.sendEach(notifications.map(toMessage)).catch(answersOfLostSession);
    return responses.map(({ error }) => toOutcome(error));
  } catch (error) {
    // Of the whole batch; an error without a code is none of Firebase's, and means no more than that it did not work.
    const { code = '', message = '' } = error as Partial<FirebaseFailure>;
    return notifications.map(() => toOutcome({ code, message }));
  }
}

/** An HTTP/2 session that broke has answers for a part of the messages, and those must not be sent twice. */
async function answersOfLostSession(error: unknown): Promise<BatchResponse> {
  const { pendingBatchResponse } = error as { pendingBatchResponse?: Promise<BatchResponse> };
  if (!pendingBatchResponse) throw error;
  return pendingBatchResponse;
}
