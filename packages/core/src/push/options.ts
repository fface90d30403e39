/** How push notifications are made and sent. */
export interface PushOptions {
  /** Whether notifications hold names and texts; without them they only say that there is a message. @default true */
  content?: boolean;
  /** Milliseconds for which the messages of a chat are gathered into one notification. @default 500 */
  gather_ms?: number;
  /**
   * Milliseconds for which a message to somebody who is connected may wait for their device to acknowledge it; who is
   * connected even then has it. Above the time in which a dead socket is noticed. @default 45000
   */
  hold_ms?: number;
  /** Milliseconds between two looks for what is due again, or was left by a node that died. @default 2000 */
  poll_ms?: number;
  /** Milliseconds for which a node that dies while it sends keeps the others from going on. @default 60000 */
  lease_ms?: number;
  /** Milliseconds before the second attempt; doubled for each further one, up to 15 minutes. @default 5000 */
  retry_ms?: number;
  /** Milliseconds after which a message that could not be pushed is given up. @default 86400000 */
  give_up_after_ms?: number;
}

export function resolvePushOptions(given: PushOptions = {}): Required<PushOptions> {
  return {
    content: given.content ?? true,
    gather_ms: given.gather_ms ?? 500,
    hold_ms: given.hold_ms ?? 45_000,
    poll_ms: given.poll_ms ?? 2_000,
    lease_ms: given.lease_ms ?? 60_000,
    retry_ms: given.retry_ms ?? 5_000,
    give_up_after_ms: given.give_up_after_ms ?? 86_400_000,
  };
}
