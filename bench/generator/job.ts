import type { WireName } from './wires/index.ts';

/** What the generator is asked to do, against which server. */
export interface Job {
  wire: WireName;
  port: number;
  server_pid: number;
  warm_up_seconds: number;
  seconds: number;
  load:
    | { kind: 'chat'; rooms: { chat_id: number; users: readonly number[] }[]; in_flight: number }
    | { kind: 'pages'; chat_id: number; readers: number }
    | { kind: 'idle'; sockets: number };
}
