import type { MethodName } from './api.js';

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the API's root; `{name}` is a field of the input. */
  path: string;
  /** The status of a success. @default 200 */
  status?: number;
  /** How the body is written. @default 'json' */
  body?: 'json' | 'form';
  summary: string;
  /** May be called without a token. */
  open?: boolean;
}

/** The root of the HTTP API. */
export const apiRoot = '/api/v1';
/** The path of the WebSocket. */
export const socketPath = '/api/v1/messages/ws';
/** The WebSocket subprotocol of native clients; a connection without it is in plain mode. */
export const subprotocol = 'dialect.v1';

/** The one table from which the server's routes, the OpenAPI document and the client's HTTP calls are made. */
export const routes: { readonly [N in MethodName]: Route } = {
  'auth.register': { method: 'POST', path: '/auth/register', summary: 'Create an account', open: true },
  'auth.signIn': { method: 'POST', path: '/auth/token', body: 'form', summary: 'Sign in', open: true },
  'auth.renew': { method: 'POST', path: '/auth/renew', summary: 'Exchange a valid token for a fresh one' },

  'users.me': { method: 'GET', path: '/users/me', summary: 'My profile' },
  'users.search': { method: 'GET', path: '/users/search', summary: 'Search people by name, username or full phone' },
  'users.checkUsername': {
    method: 'GET',
    path: '/users/check-username/{username}',
    summary: 'Is this username free?',
    open: true,
  },
  'users.get': { method: 'GET', path: '/users/{user_id}', summary: "Another's profile" },

  'chats.create': { method: 'POST', path: '/chats', summary: 'Create a private chat or a group' },
  'chats.createPrivate': { method: 'POST', path: '/chats/private', summary: 'Open the private chat with a user' },
  'chats.createGroup': { method: 'POST', path: '/chats/group', summary: 'Create a group' },
  'chats.list': { method: 'GET', path: '/chats', summary: 'My chats, the most recently active first' },
  'chats.get': { method: 'GET', path: '/chats/{chat_id}', summary: 'One of my chats' },
  'chats.addMember': {
    method: 'POST',
    path: '/chats/{chat_id}/users',
    status: 201,
    summary: 'Add a member to a group',
  },
  'chats.removeMember': {
    method: 'DELETE',
    path: '/chats/{chat_id}/users/{user_id}',
    summary: 'Remove a member from a group, or leave it',
  },
  'chats.leave': { method: 'POST', path: '/chats/{chat_id}/leave', summary: 'Leave a group' },

  'messages.send': { method: 'POST', path: '/messages', summary: 'Send a message' },
  'messages.history': {
    method: 'GET',
    path: '/messages/history/{chat_id}',
    summary: 'Messages of a chat, newest first',
  },
  'messages.markRead': { method: 'POST', path: '/chats/{chat_id}/read', summary: 'Mark as read up to a message' },
  'messages.markDelivered': {
    method: 'POST',
    path: '/chats/{chat_id}/delivered',
    summary: 'Mark as delivered up to a message',
  },
  'messages.typing': { method: 'POST', path: '/chats/{chat_id}/typing', summary: 'Say that I am typing' },

  'sync.heads': { method: 'GET', path: '/sync', summary: 'Where my chats stand' },
  'sync.changes': {
    method: 'GET',
    path: '/chats/{chat_id}/changes',
    summary: 'What changed in a chat since a revision',
  },
};
