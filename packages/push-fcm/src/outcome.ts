import type { PushOutcome } from '@dialect/core';

/** An error as firebase-admin makes it. */
export interface FirebaseFailure {
  code: string;
  message: string;
}

const dead = new Set(['messaging/registration-token-not-registered', 'messaging/invalid-registration-token']);
const rate = new Set(['messaging/message-rate-exceeded', 'messaging/device-message-rate-exceeded']);
/** What an operator has to put right. Nothing is the matter with the device. */
const refused = new Set([
  'app/invalid-credential',
  'app/invalid-app-options',
  'messaging/authentication-error',
  'messaging/third-party-auth-error',
  'messaging/invalid-apns-credentials',
  // The token is another project's: wrong credentials would otherwise cost everybody their devices.
  'messaging/mismatched-credential',
  'messaging/invalid-payload',
  'messaging/payload-size-limit-exceeded',
]);
/** Firebase asks for a minute when a quota is used up. */
const quota_ms = 60_000;

/** What has become of one message. What is not known here may pass. */
export function toOutcome(error: FirebaseFailure | undefined): PushOutcome {
  if (!error) return { kind: 'delivered' };
  const { code, message } = error;
  if (dead.has(code)) return { kind: 'dead' };
  if (rate.has(code)) return { kind: 'retry', after_ms: quota_ms };
  // The same code for a token that is none and for a message that is none: only the text tells them apart.
  if (code === 'messaging/invalid-argument' && /registration token/i.test(message)) return { kind: 'dead' };
  if (refused.has(code) || code === 'messaging/invalid-argument') {
    return { kind: 'refused', reason: `${code}: ${message.slice(0, 300)}` };
  }
  return { kind: 'retry' };
}
