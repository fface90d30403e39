import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../metrics.ts';
import { connectAll, type Link, refused } from './connect.ts';
import type { Job } from './job.ts';
import { latencies } from './latencies.ts';
import { contentOf, markOf } from './text.ts';
import { watch } from './window.ts';
import { DELIVERY, PING, REFUSAL, type Wire } from './wires/wire.ts';

interface Member extends Link {
  content: string;
  /** Messages of others that have reached this socket, and own ones that were acknowledged. */
  received: number;
  acked: number;
}
interface Room {
  chat_id: number;
  members: Member[];
  turn: number;
}

/** How long the last messages may take to arrive after the window. */
const DRAIN_MS = 15_000;

/**
 * Keeps `in_flight` messages of each room under way, its members taking turns to send. At the end every message that
 * was acknowledged must have reached every other member's socket exactly once.
 */
export async function chat(job: Job, load: Job['load'] & { kind: 'chat' }, wire: Wire): Promise<Outcome> {
  const links = await connectAll(
    load.rooms.flatMap((room) => room.users),
    wire,
    job.port,
  );
  const members = new Map(
    links.map((link) => [link.user, { ...link, content: contentOf(link.user), received: 0, acked: 0 }]),
  );
  const rooms = load.rooms.map((room) => ({
    chat_id: room.chat_id,
    members: room.users.map((user) => members.get(user)!),
    turn: 0,
  }));

  // A slot is one message under way; its number is the remainder of the ref, so that an ack finds it without a map.
  const slots = rooms.length * load.in_flight;
  const refs = new Float64Array(slots).fill(-1);
  const started = new Float64Array(slots);
  const times = latencies();
  let [acked, received, round, sending] = [0, 0, 0, true];

  const send = (slot: number) => {
    const room = rooms[slot % rooms.length] as Room;
    const member = room.members[room.turn++ % room.members.length]!;
    const ref = round++ * slots + slot;
    refs[slot] = ref;
    started[slot] = performance.now();
    member.socket.send(wire.send(ref, room.chat_id, member.content));
  };

  for (const room of rooms) {
    for (const member of room.members) {
      const ownMark = markOf(member.user);
      member.socket.onText = (frame) => {
        const kind = wire.classify(frame);
        if (kind === DELIVERY) {
          // Some servers also show a message to its sender's socket: that is no delivery, for none of them.
          if (frame.includes(ownMark)) return;
          member.received++;
          received++;
        } else if (kind >= 0) {
          const slot = kind % slots;
          if (refs[slot] !== kind) throw new Error(`an ack that nobody waits for: ${frame.toString().slice(0, 200)}`);
          refs[slot] = -1;
          times.add(performance.now() - started[slot]!);
          member.acked++;
          acked++;
          if (sending) send(slot);
        } else if (kind === PING) member.socket.send(wire.pong);
        else if (kind === REFUSAL) refused(frame);
      };
    }
  }
  for (let slot = 0; slot < slots; slot++) send(slot);
  const window = await watch(job, () => [acked, received], times.open);
  times.close();
  sending = false;

  const deadline = performance.now() + DRAIN_MS;
  const missing = () => rooms.map(missingIn).find((text) => text !== undefined) ?? pendingOf(refs);
  while (missing() !== undefined && performance.now() < deadline) await sleep(20);
  // A doubled delivery would come late: wait a little, then look once more.
  await sleep(100);
  const wrong = missing();
  if (wrong !== undefined) throw new Error(wrong);

  const [ackedInWindow, receivedInWindow] = window.counts as [number, number];
  return {
    acked,
    figures: {
      acked_per_s: ackedInWindow / window.seconds,
      delivered_per_s: receivedInWindow / window.seconds,
      p50_ms: times.percentile(0.5),
      p99_ms: times.percentile(0.99),
      server_us: (window.server_cpu * window.seconds * 1e6) / ackedInWindow,
      server_cpu: window.server_cpu,
      generator_cpu: window.generator_cpu,
    },
  };
}

function missingIn(room: Room): string | undefined {
  const acked = room.members.reduce((sum, member) => sum + member.acked, 0);
  for (const member of room.members) {
    const expected = acked - member.acked;
    if (member.received !== expected)
      return `chat ${room.chat_id}, user ${member.user}: ${expected} messages to receive, ${member.received} received`;
  }
  return undefined;
}

function pendingOf(refs: Float64Array): string | undefined {
  const pending = refs.filter((ref) => ref >= 0).length;
  return pending === 0 ? undefined : `${pending} messages were never acknowledged`;
}
