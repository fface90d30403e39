import type { Metric } from './metrics.ts';
import { groupsOf, type Plan } from './plan.ts';

export interface Workload {
  name: string;
  title: string;
  /** The figure that decides, and the round that counts: the best one by this figure. */
  primary: Metric;
  better: 'higher' | 'lower';
  plan: Plan;
  load:
    | { kind: 'chat'; in_flight: number }
    | { kind: 'pages'; readers: number }
    /** `warm_up` sockets come and go before the first measurement, so that lazily loaded code is not counted. */
    | { kind: 'idle'; sockets: number; warm_up: number };
  /** Which contestants cannot do it, or would only repeat what another one has shown. */
  except?: readonly string[];
}

export const workloads: readonly Workload[] = [
  {
    name: 'W1x1',
    title: '100 pairs, 1 message in flight per pair, stored before its ack',
    primary: 'acked_per_s',
    better: 'higher',
    plan: { users: 200, chats: groupsOf(2, 100), messages: 0 },
    load: { kind: 'chat', in_flight: 1 },
  },
  {
    name: 'W1x16',
    title: '100 pairs, 16 messages in flight per pair, stored before their acks',
    primary: 'acked_per_s',
    better: 'higher',
    plan: { users: 200, chats: groupsOf(2, 100), messages: 0 },
    load: { kind: 'chat', in_flight: 16 },
  },
  {
    name: 'W2',
    title: '10 groups of 30, 4 messages in flight per group',
    primary: 'delivered_per_s',
    better: 'higher',
    plan: { users: 300, chats: groupsOf(30, 10), messages: 0 },
    load: { kind: 'chat', in_flight: 4 },
  },
  {
    name: 'W3',
    title: 'memory of 2,000 idle signed-in sockets, each in one private chat',
    primary: 'kib_per_socket',
    better: 'lower',
    plan: { users: 2_000, chats: groupsOf(2, 1_000), messages: 0 },
    load: { kind: 'idle', sockets: 2_000, warm_up: 50 },
    except: ['dialect-mysql'],
  },
  {
    name: 'W4',
    title: 'newest page of 50 from a chat of 100,000 messages, 8 readers with 1 request in flight each',
    primary: 'pages_per_s',
    better: 'higher',
    plan: { users: 8, chats: [[1, 2, 3, 4, 5, 6, 7, 8]], messages: 100_000 },
    load: { kind: 'pages', readers: 8 },
    except: ['relay'],
  },
];
