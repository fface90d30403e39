import type { Logger, PushNotification, PushOutcome, PushSender } from '../ports/index.js';

/** Asks the push service, and says in the log when it begins to fail and when it works again, not each time. */
export type SendPush = (notifications: readonly PushNotification[]) => Promise<readonly PushOutcome[]>;

export function createSendPush(sender: PushSender, logger: Logger, options: { timeout_ms: number }): SendPush {
  let trouble: string | null = null;

  function notice(outcomes: readonly PushOutcome[]): void {
    const refusal = outcomes.find((outcome) => outcome.kind === 'refused');
    if (refusal) {
      if (trouble !== refusal.reason) logger.error('Push is refused.', { sender: sender.name, reason: refusal.reason });
      trouble = refusal.reason;
    } else if (trouble !== null && outcomes.some((outcome) => outcome.kind === 'delivered')) {
      logger.info('Push works again.', { sender: sender.name });
      trouble = null;
    }
  }

  return async (notifications) => {
    try {
      const outcomes = await within(options.timeout_ms, sender.send(notifications));
      notice(outcomes);
      return outcomes;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (trouble === null) logger.warn('Push fails and will be tried again.', { sender: sender.name, reason });
      trouble ??= reason;
      return notifications.map(() => ({ kind: 'retry' }));
    }
  };
}

async function within<T>(limit_ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limit_ms} ms.`)), limit_ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
