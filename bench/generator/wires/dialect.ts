import { digits } from './digits.ts';
import { DELIVERY, OTHER, REFUSAL, type Wire } from './wire.ts';

const ackPrefix = '{"type":"ok","ref":';
/** The first letter of the type, and the first of the key after `ok`. */
const TYPE = 9;
const KEY = 14;
const letter = (text: string) => text.charCodeAt(0);
const [N, O, E, R, T] = [letter('n'), letter('o'), letter('e'), letter('r'), letter('t')];

/** The native mode of `dialect.v1`, spoken by our server and by the relay. */
export const dialect: Wire = {
  path: '/api/v1/messages/ws',
  subprotocols: ['dialect.v1'],
  greeting: (token) => `{"type":"hello","v":1,"token":"${token}"}`,
  signIn: (frame) => (frame.startsWith('{"type":"ready"') ? true : undefined),
  send: (ref, chat_id, content) =>
    `{"type":"send","ref":${ref},"client_id":"b${ref}","chat_id":${chat_id},"content":"${content}"}`,
  page: (ref, chat_id) => `{"type":"history","ref":${ref},"chat_id":${chat_id},"limit":50}`,
  pong: '{"type":"ping"}',
  classify(frame) {
    // Every frame begins with its type, and an answer continues with its ref; a server that changes that is refused
    // loudly instead of being misread.
    if (frame[2] !== T) return REFUSAL;
    switch (frame[TYPE]) {
      case N:
        return DELIVERY;
      case O:
        return frame[KEY] === R ? digits(frame, ackPrefix.length) : REFUSAL;
      case E:
        return REFUSAL;
      default:
        return OTHER;
    }
  },
  pageLength: (frame) => (JSON.parse(frame) as { result: unknown[] }).result.length,
};
