import type { Clock, DuePush, Logger, Pushes, PushOutcome, Storage } from '../ports/index.js';
import type { Presence } from '../presence.js';
import { type Addressed, compose } from './compose.js';
import { backoff, judge } from './judge.js';
import type { PushOptions } from './options.js';
import type { SendPush } from './send.js';

/** Pushes in one round: with a few devices each they fit one request to a push service. */
const batch = 200;

/** Devices of one push that are remembered as not yet reached: they fit the column of every storage. */
const most_remembered = 200;

type Settled = Parameters<Pushes['settle']>[0];
type Later = Settled['later'][number];

/** Sends what is due, and settles it. False: nothing was due. */
export async function deliverDue(
  parts: { storage: Storage; presence: Presence; clock: Clock; logger: Logger; send: SendPush },
  options: Required<PushOptions>,
): Promise<boolean> {
  const { storage, presence, clock, logger, send } = parts;
  const at = clock.now();
  const due = await storage.pushes.take({ at, until: at + options.lease_ms, limit: batch });
  if (due.length === 0) return false;

  const done: DuePush[] = [];
  const later: Later[] = [];
  const sending: DuePush[] = [];
  for (const push of due) {
    const is_focused = presence.isFocused(push.user_id, push.chat_id);
    const verdict = judge(push, { at, is_focused }, options);
    if (verdict.kind === 'send') sending.push(push);
    else if (verdict.kind === 'wait') later.push({ ...push, due_at: verdict.due_at });
    else done.push(push);
    if (verdict.kind === 'give_up') {
      const { user_id, chat_id, attempts } = push;
      logger.warn('A push is given up.', { user_id, chat_id, attempts });
    }
  }

  const addressed = await compose(storage, sending, { content: options.content, at });
  const outcomes = addressed.length === 0 ? [] : await send(addressed.map(({ notification }) => notification));
  await storage.devices.remove(addressed.flatMap(({ device }, index) => (isDead(outcomes[index]) ? device : [])));
  for (const push of sending) {
    const failed = addressed.flatMap((one, index) => (one.push === push ? failureOf(one, outcomes[index]) : []));
    if (failed.length === 0) done.push(push);
    else later.push(laterOf(push, failed, { now: clock.now(), retry_ms: options.retry_ms }));
  }
  await storage.pushes.settle({ done, later });
  return true;
}

const isDead = (outcome: PushOutcome | undefined): boolean => outcome?.kind === 'dead';

interface Failure {
  device_id: number;
  after_ms: number;
}

/** None for a device that was reached, or that there is no use in trying again. A missing answer is a failure. */
function failureOf({ device }: Addressed, outcome: PushOutcome | undefined): Failure[] {
  if (outcome?.kind === 'delivered' || outcome?.kind === 'dead') return [];
  return [{ device_id: device.id, after_ms: (outcome?.kind === 'retry' && outcome.after_ms) || 0 }];
}

function laterOf(push: DuePush, failed: readonly Failure[], options: { now: number; retry_ms: number }): Later {
  const attempts = push.attempts + 1;
  const wait_ms = Math.max(backoff(attempts, options.retry_ms), ...failed.map(({ after_ms }) => after_ms));
  // More than anybody has are not worth remembering one by one.
  const device_ids = failed.length > most_remembered ? null : failed.map(({ device_id }) => device_id);
  return { ...push, attempts, device_ids, due_at: options.now + Math.ceil(wait_ms) };
}
