import { socketPath, subprotocol } from '@dialect/protocol';
import type { z } from 'zod';
import { version } from '../../package.json';
import { toJsonSchema } from '../fields.js';
import { sampleOf } from '../openapi/sample.js';
import { createShapes, type Shapes } from '../openapi/shapes.js';
import { clientFrames } from './client-frames.js';
import { plainClientFrames, plainServerFrames } from './plain-frames.js';
import { serverFrames } from './server-frames.js';

/** An AsyncAPI 3.0 document, as plain data. */
export interface AsyncApiDocument {
  asyncapi: string;
  channels: Record<string, Record<string, unknown>>;
  operations: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, Record<string, unknown>>>;
  [field: string]: unknown;
}

type Frames = Readonly<Record<string, { summary: string; schema: z.ZodType; example?: unknown }>>;

const channels = {
  native: {
    title: 'Native',
    description: `The subprotocol \`${subprotocol}\`: acknowledgements, revisions, and catch-up after an absence.`,
    bindings: {
      ws: {
        method: 'GET',
        headers: { type: 'object', properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: subprotocol } } },
      },
    },
    received: clientFrames as Frames,
    sent: serverFrames as Frames,
  },
  plain: {
    title: 'Plain',
    description: 'Without a subprotocol, the token in the query: for clients in a few lines of any language.',
    bindings: {
      ws: { method: 'GET', query: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } } },
    },
    received: plainClientFrames as Frames,
    sent: plainServerFrames as Frames,
  },
};

/** The description of the socket, made from the same schemas that check its frames' contents. */
export function createAsyncApiDocument(): AsyncApiDocument {
  const shapes = createShapes();
  const messages: Record<string, Record<string, unknown>> = {};
  const document: AsyncApiDocument = {
    asyncapi: '3.0.0',
    info: {
      title: 'Dialect socket',
      version,
      description:
        'One JSON object per message, as UTF-8 text; `type` says which. Unknown fields, and unknown frames of the ' +
        'server, are to be ignored. The HTTP API beside it is described in [openapi.json](/openapi.json).',
    },
    defaultContentType: 'application/json',
    servers: {
      this: {
        host: '{host}',
        protocol: 'ws',
        variables: { host: { default: 'localhost:8000', description: 'Where the server is; `wss` behind TLS.' } },
      },
    },
    channels: {},
    operations: {},
    components: { schemas: { ...shapes.components }, messages },
  };
  for (const [name, { received, sent, ...channel }] of Object.entries(channels)) {
    const listed: Record<string, unknown> = {};
    const refer = (frames: Frames, by: string) =>
      Object.entries(frames).map(([type, frame]) => {
        const key = `${name}.${by}.${type}`;
        messages[key] = message(type, frame, shapes);
        listed[`${by}.${type}`] = { $ref: `#/components/messages/${key}` };
        return { $ref: `#/channels/${name}/messages/${by}.${type}` };
      });
    const from_client = refer(received, 'client');
    const from_server = refer(sent, 'server');
    const reference = { $ref: `#/channels/${name}` };
    document.channels[name] = { address: socketPath, messages: listed, ...channel };
    document.operations[`${name}.receive`] = {
      action: 'receive',
      channel: reference,
      summary: 'What clients send.',
      messages: from_client,
    };
    document.operations[`${name}.send`] = {
      action: 'send',
      channel: reference,
      summary: 'What clients are sent.',
      messages: from_server,
    };
  }
  return document;
}

function message(type: string, { summary, schema, example }: Frames[string], { withNames, components }: Shapes) {
  const payload = withNames(toJsonSchema(schema, 'input', 'draft-7'));
  return {
    name: type,
    title: type,
    // Not its `summary`, in which AsyncAPI allows no Markdown.
    description: summary,
    payload,
    examples: [{ name: type, payload: example ?? sampleOf(payload, components) }],
  };
}
