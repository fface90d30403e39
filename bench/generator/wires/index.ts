import { dialect } from './dialect.ts';
import { socketio } from './socketio.ts';
import type { Wire } from './wire.ts';

export const wires = { dialect, socketio } as const satisfies Record<string, Wire>;
export type WireName = keyof typeof wires;
