import { digits } from './digits.ts';
import { DELIVERY, OTHER, PING, REFUSAL, type Wire } from './wire.ts';

const [ZERO, TWO, THREE, FOUR] = [48, 50, 51, 52];

/**
 * Engine.IO 4 and Socket.IO 5 in text packets: `0` open, `2` ping, `3` pong, `4` message; of messages `40` connect,
 * `42` event, `43` answer, `44` refused (https://socket.io/docs/v4/engine-io-protocol/, .../socket-io-protocol/).
 */
export const socketio: Wire = {
  path: '/socket.io/?EIO=4&transport=websocket',
  subprotocols: [],
  greeting: () => undefined,
  signIn: (frame, token) =>
    frame.startsWith('40') ? true : frame.startsWith('0') ? `40{"token":"${token}"}` : undefined,
  send: (ref, chat_id, content) => `42${ref}["send",{"chat_id":${chat_id},"content":"${content}"}]`,
  page: (ref, chat_id) => `42${ref}["history",{"chat_id":${chat_id},"limit":50}]`,
  pong: '3',
  classify(frame) {
    if (frame[0] === TWO) return PING;
    if (frame[0] !== FOUR) return OTHER;
    switch (frame[1]) {
      case TWO:
        return DELIVERY;
      case THREE:
        // A refusal is an answer with `error` in it; those are short, and only they are searched.
        return frame.length < 100 && frame.includes('"error"') ? REFUSAL : digits(frame, 2);
      case ZERO:
        return OTHER;
      default:
        return REFUSAL;
    }
  },
  pageLength: (frame) => (JSON.parse(frame.slice(frame.indexOf('['))) as [unknown[]])[0].length,
};
