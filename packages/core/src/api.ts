import type { MethodName } from '@dialect/protocol';
import { addMember } from './chat/add-member.js';
import { createChat } from './chat/create.js';
import { createGroupChat } from './chat/create-group.js';
import { createPrivateChat } from './chat/create-private.js';
import { getChat } from './chat/get.js';
import { leaveChat } from './chat/leave.js';
import { listChats } from './chat/list.js';
import { removeMember } from './chat/remove-member.js';
import { removeAvatar } from './media/remove-avatar.js';
import { removeBanner } from './media/remove-banner.js';
import { setAvatar } from './media/set-avatar.js';
import { setBanner } from './media/set-banner.js';
import { upload } from './media/upload.js';
import { history } from './messaging/history.js';
import { markDelivered } from './messaging/mark-delivered.js';
import { markRead } from './messaging/mark-read.js';
import { send } from './messaging/send.js';
import { typing } from './messaging/typing.js';
import { checkUsername } from './register/check-username.js';
import { register } from './register/register.js';
import { renew } from './register/renew.js';
import { signIn } from './register/sign-in.js';
import { changes } from './sync/changes.js';
import { heads } from './sync/heads.js';
import type { UseCase } from './use-case.js';
import { getUser } from './users/get.js';
import { me } from './users/me.js';
import { search } from './users/search.js';
import { updateMe } from './users/update.js';

/** Every use case by its name. A method of the protocol without one, or with another's, does not compile. */
export const api: { readonly [N in MethodName]: UseCase<N> } = {
  'auth.register': register,
  'auth.signIn': signIn,
  'auth.renew': renew,
  'users.me': me,
  'users.get': getUser,
  'users.search': search,
  'users.checkUsername': checkUsername,
  'users.update': updateMe,
  'users.setAvatar': setAvatar,
  'users.removeAvatar': removeAvatar,
  'users.setBanner': setBanner,
  'users.removeBanner': removeBanner,
  'media.upload': upload,
  'chats.create': createChat,
  'chats.createPrivate': createPrivateChat,
  'chats.createGroup': createGroupChat,
  'chats.list': listChats,
  'chats.get': getChat,
  'chats.addMember': addMember,
  'chats.removeMember': removeMember,
  'chats.leave': leaveChat,
  'messages.send': send,
  'messages.history': history,
  'messages.markRead': markRead,
  'messages.markDelivered': markDelivered,
  'messages.typing': typing,
  'sync.heads': heads,
  'sync.changes': changes,
};
