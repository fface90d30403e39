import type { MethodName } from './api.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  method: HttpMethod;
  /** Other methods that do the same. */
  also?: readonly HttpMethod[];
  /** Below the API's root; `{name}` is a field of the input. */
  path: string;
  /** The status of a success. @default 200 */
  status?: number;
  /** How the body is written. @default 'json'; none for GET, and for DELETE unless it is said */
  body?: 'json' | 'form' | 'multipart';
  /** The fields of the body may come in the query as well: the seeds' clients send them there. */
  query?: boolean;
  /** May be called without a token. */
  open?: boolean;
}

/** The root of the HTTP API. */
export const apiRoot = '/api/v1';
/** Below it every method by its name, for programs: `POST` with the input as JSON, as `rpc` on the socket. */
export const rpcPath = '/api/v1/rpc/';
/** Where files are read, below the server's root and outside the API's: an `<img>` brings no token. */
export const mediaPath = '/static/';
/** The path of the WebSocket. */
export const socketPath = '/api/v1/messages/ws';
/** The WebSocket subprotocol of native clients; a connection without it is in plain mode. */
export const subprotocol = 'dialect.v1';

/** The one table from which the server's routes, the OpenAPI document and the client's HTTP calls are made. */
export const routes: { readonly [N in MethodName]: Route } = {
  'auth.register': { method: 'POST', path: '/auth/register', open: true },
  'auth.signIn': { method: 'POST', path: '/auth/token', body: 'form', open: true },
  'auth.renew': { method: 'POST', path: '/auth/renew' },
  'auth.checkPhone': { method: 'POST', path: '/auth/check-phone', open: true },

  'users.me': { method: 'GET', path: '/users/me' },
  'users.search': { method: 'GET', path: '/users/search' },
  'users.checkUsername': { method: 'GET', path: '/users/check-username/{username}', open: true },
  'users.block': { method: 'POST', path: '/users/block/{user_id}' },
  'users.unblock': { method: 'DELETE', path: '/users/block/{user_id}' },
  'users.blocked': { method: 'GET', path: '/users/blocked' },
  'users.addDevice': { method: 'POST', path: '/users/device' },
  'users.removeDevice': { method: 'DELETE', path: '/users/device', body: 'json' },
  'users.get': { method: 'GET', path: '/users/{user_id}' },

  'users.update': { method: 'PATCH', also: ['PUT'], path: '/users/me' },
  'users.setAvatar': { method: 'POST', path: '/users/me/avatar', body: 'multipart' },
  'users.removeAvatar': { method: 'DELETE', path: '/users/me/avatar' },
  'users.setBanner': { method: 'POST', path: '/users/me/banner', body: 'multipart' },
  'users.removeBanner': { method: 'DELETE', path: '/users/me/banner' },
  'media.upload': { method: 'POST', path: '/messages/upload', body: 'multipart' },

  'chats.create': { method: 'POST', path: '/chats' },
  'chats.createPrivate': { method: 'POST', path: '/chats/private' },
  'chats.createGroup': { method: 'POST', path: '/chats/group' },
  'chats.list': { method: 'GET', path: '/chats' },
  'chats.get': { method: 'GET', path: '/chats/{chat_id}' },
  'chats.addMember': { method: 'POST', path: '/chats/{chat_id}/users', status: 201, query: true },
  'chats.removeMember': { method: 'DELETE', path: '/chats/{chat_id}/users/{user_id}' },
  'chats.leave': { method: 'POST', path: '/chats/{chat_id}/leave' },
  'chats.rename': { method: 'PUT', path: '/chats/{chat_id}/name', query: true },
  'chats.setNickname': { method: 'PUT', path: '/chats/{chat_id}/users/{user_id}/nickname', query: true },
  'chats.mute': { method: 'PUT', path: '/chats/{chat_id}/mute' },
  'chats.delete': { method: 'DELETE', path: '/chats/{chat_id}' },
  'chats.clear': { method: 'DELETE', path: '/chats/{chat_id}/messages' },
  'chats.setAvatar': { method: 'POST', path: '/chats/{chat_id}/avatar', body: 'multipart' },
  'chats.removeAvatar': { method: 'DELETE', path: '/chats/{chat_id}/avatar' },

  'messages.send': { method: 'POST', path: '/messages' },
  'messages.history': { method: 'GET', path: '/messages/history/{chat_id}' },
  'messages.forward': { method: 'POST', path: '/messages/forward' },
  'messages.get': { method: 'GET', path: '/messages/{message_id}' },
  'messages.edit': { method: 'PUT', path: '/messages/{message_id}' },
  'messages.delete': { method: 'DELETE', path: '/messages/{message_id}' },
  'messages.pin': { method: 'PUT', path: '/messages/{message_id}/pin' },
  'messages.pins': { method: 'GET', path: '/chats/{chat_id}/pins' },
  'messages.react': { method: 'PUT', path: '/messages/{message_id}/reactions' },
  'messages.readers': { method: 'GET', path: '/messages/{message_id}/reads' },
  'messages.markRead': { method: 'POST', path: '/chats/{chat_id}/read' },
  'messages.markDelivered': { method: 'POST', path: '/chats/{chat_id}/delivered' },
  'messages.typing': { method: 'POST', path: '/chats/{chat_id}/typing' },

  'sync.heads': { method: 'GET', path: '/sync' },
  'sync.changes': { method: 'GET', path: '/chats/{chat_id}/changes' },
};
