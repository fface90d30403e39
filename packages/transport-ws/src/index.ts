export { attachWebSocket, type WebSocketOptions, type WebSocketTransport } from './attach.js';
export type { OutflowLimits } from './outflow.js';
