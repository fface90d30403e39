import { apiRoot } from '@dialect/protocol';
import { version } from '../../package.json';
import { createOperations } from '../operations.js';
import { errorBody } from './errors.js';
import { describeOperation } from './operation.js';
import { createShapes } from './shapes.js';

/** An OpenAPI 3.1 document, as plain data. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
  [field: string]: unknown;
}

const tags: Readonly<Record<string, string>> = {
  auth: 'Accounts of this server, by phone number and password. Where a host brings its own users, they answer 404.',
  users: 'People and their profiles.',
  chats: 'Private chats and groups, and who is in them.',
  messages: 'Sending, history, and how far everybody has read.',
  media: 'Files for messages. They are read at the `url` of the answer, without a token.',
  sync: 'Catching up: what changed since a revision.',
};

/** The description of the HTTP API, made from the same route table and schemas that serve it. */
export function createOpenApiDocument(): OpenApiDocument {
  const operations = createOperations();
  const shapes = createShapes();
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    const path = apiRoot + operation.route.path;
    paths[path] ??= {};
    const description = describeOperation(operation, shapes);
    paths[path][operation.route.method.toLowerCase()] = description;
    for (const method of operation.route.also ?? []) {
      const operationId = `${operation.name}.${method.toLowerCase()}`;
      paths[path][method.toLowerCase()] = { ...description, operationId };
    }
  }
  const groups = new Set(operations.map(({ name }) => name.split('.')[0] as string));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dialect',
      version,
      description: [
        'Chat over HTTP. Live events, and sending with receipts, come over the WebSocket beside it; it is described',
        '[on a page of its own](/redoc/socket), from [asyncapi.json](/asyncapi.json).',
        '',
        'Sign in with `POST /api/v1/auth/token` and send the token as `Authorization: Bearer …`. Ids are integers below',
        '2^53, times are ISO 8601 in UTC. Every error has the same body; programs read its `code`, which never changes',
        'its meaning. Unknown fields of an input are dropped, and answers may gain fields.',
        '',
        'Every operation also answers by its operationId, for programs: `POST /api/v1/rpc/{operationId}` with all of its',
        'fields as one JSON object; or, where a file is one of them, with the form as here and the path in the query.',
      ].join('\n'),
    },
    servers: [{ url: '/', description: 'This server' }],
    externalDocs: { url: '/asyncapi.json', description: 'The WebSocket, as AsyncAPI 3.0' },
    tags: Array.from(groups, (name) => ({ name, ...(tags[name] && { description: tags[name] }) })),
    paths,
    components: {
      schemas: { ...shapes.components, ErrorBody: errorBody },
      securitySchemes: {
        // RFC 6749's password flow, so that "Authorize" can sign in by itself.
        password: {
          type: 'oauth2',
          description: 'Sign in by phone number and password; client_id and client_secret stay empty.',
          flows: { password: { tokenUrl: `${apiRoot}/auth/token`, scopes: {} } },
        },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
