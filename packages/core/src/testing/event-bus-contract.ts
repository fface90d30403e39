import type { Event } from '@dialect/protocol';
import { expect } from 'vitest';
import type { EventBus } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

const typing = (chat_id: number): Event => ({ type: 'typing', chat_id, user_id: 1, is_typing: true });

/** What a bus over the network needs until an event has arrived, at most. */
const arrive_ms = 2_000;

async function arrived(heard: readonly unknown[], count: number): Promise<void> {
  const give_up_at = Date.now() + arrive_ms;
  while (heard.length < count && Date.now() < give_up_at) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const eventBusCases: Cases<EventBus> = {
  async 'carries every event to every listener, in the order of publishing'(bus) {
    const heard: [number[], number[]] = [[], []];
    heard.forEach((list) => {
      bus.subscribe((event) => list.push('chat_id' in event ? event.chat_id : -1));
    });
    for (let n = 0; n < 100; n++) bus.publish(typing(n));
    for (const list of heard) {
      await arrived(list, 100);
      expect(list).toEqual(Array.from({ length: 100 }, (_, n) => n));
    }
  },

  async 'carries an event unchanged'(bus) {
    const heard: Event[] = [];
    bus.subscribe((event) => heard.push(event));
    const event: Event = {
      type: 'message_read',
      chat_id: 1,
      user_id: 2,
      seq: 3,
      message_id: 4,
      last_read_id: 4,
      is_implied: false,
    };
    bus.publish(event);
    await arrived(heard, 1);
    expect(heard).toEqual([event]);
  },

  async 'stops when told so, and goes on for the others'(bus) {
    const stopped: Event[] = [];
    const heard: Event[] = [];
    const stop = bus.subscribe((event) => stopped.push(event));
    bus.subscribe((event) => heard.push(event));
    stop();
    stop();
    bus.publish(typing(1));
    await arrived(heard, 1);
    expect([stopped.length, heard.length]).toEqual([0, 1]);
  },

  'tells how to stop hearing of gaps'(bus) {
    bus.onGap(() => undefined)();
  },

  async 'is silent once it is closed'(bus) {
    const heard: Event[] = [];
    bus.subscribe((event) => heard.push(event));
    await bus.close();
    bus.publish(typing(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual([]);
    await bus.close();
  },
};

export function eventBusContract(options: { name: string; create: () => EventBus | Promise<EventBus> }): void {
  runCases(`event bus contract: ${options.name}`, eventBusCases, async (check) => {
    const bus = await options.create();
    try {
      await check(bus);
    } finally {
      await bus.close();
    }
  });
}
