import type { DeviceType } from '@dialect/protocol';

/** What one device is told. */
export interface PushNotification {
  token: string;
  device_type: DeviceType;
  title: string;
  /** Null where the texts of messages stay on the server. */
  body: string | null;
  /** A later notification of the same chat takes the place of this one on the device. */
  chat_id: number;
  message_id: number;
}

export type PushOutcome =
  /** The push service has taken it over. */
  | { kind: 'delivered' }
  /** Nobody is behind this token any more. */
  | { kind: 'dead' }
  /** It may work later; `after_ms` when the service said when. */
  | { kind: 'retry'; after_ms?: number }
  /** It cannot work before an operator changes something; `reason` says what, without secrets or tokens. */
  | { kind: 'refused'; reason: string };

export interface PushSender {
  /** What is shown to an operator, such as `FCM project my-app`. */
  readonly name: string;
  /**
   * One outcome for each notification, in their order, whatever becomes of the others. May take long: nobody waits for
   * it but other notifications. A throw means `retry` for all of them.
   */
  send(notifications: readonly PushNotification[]): Promise<readonly PushOutcome[]>;
  close(): Promise<void>;
}
