import type { MethodName } from '@dialect/protocol';
import { block } from './blacklist/block.js';
import { blocked } from './blacklist/blocked.js';
import { unblock } from './blacklist/unblock.js';
import { addMember } from './chat/add-member.js';
import { clearChat } from './chat/clear.js';
import { createChat } from './chat/create.js';
import { createGroupChat } from './chat/create-group.js';
import { createPrivateChat } from './chat/create-private.js';
import { deleteChat } from './chat/delete.js';
import { getChat } from './chat/get.js';
import { leaveChat } from './chat/leave.js';
import { listChats } from './chat/list.js';
import { muteChat } from './chat/mute.js';
import { removeMember } from './chat/remove-member.js';
import { renameChat } from './chat/rename.js';
import { setNickname } from './chat/set-nickname.js';
import { removeAvatar } from './media/remove-avatar.js';
import { removeBanner } from './media/remove-banner.js';
import { removeChatAvatar } from './media/remove-chat-avatar.js';
import { setAvatar } from './media/set-avatar.js';
import { setBanner } from './media/set-banner.js';
import { setChatAvatar } from './media/set-chat-avatar.js';
import { upload } from './media/upload.js';
import { deleteMessage } from './messaging/delete.js';
import { edit } from './messaging/edit.js';
import { forward } from './messaging/forward.js';
import { getMessage } from './messaging/get.js';
import { history } from './messaging/history.js';
import { markDelivered } from './messaging/mark-delivered.js';
import { markRead } from './messaging/mark-read.js';
import { pin } from './messaging/pin.js';
import { pins } from './messaging/pins.js';
import { react } from './messaging/react.js';
import { readers } from './messaging/readers.js';
import { send } from './messaging/send.js';
import { typing } from './messaging/typing.js';
import { checkPhone } from './register/check-phone.js';
import { checkUsername } from './register/check-username.js';
import { register } from './register/register.js';
import { renew } from './register/renew.js';
import { signIn } from './register/sign-in.js';
import { changes } from './sync/changes.js';
import { heads } from './sync/heads.js';
import type { UseCase } from './use-case.js';
import { addDevice } from './users/add-device.js';
import { getUser } from './users/get.js';
import { me } from './users/me.js';
import { removeDevice } from './users/remove-device.js';
import { search } from './users/search.js';
import { updateMe } from './users/update.js';

/** Every use case by its name. A method of the protocol without one, or with another's, does not compile. */
export const api: { readonly [N in MethodName]: UseCase<N> } = {
  'auth.register': register,
  'auth.signIn': signIn,
  'auth.renew': renew,
  'auth.checkPhone': checkPhone,
  'users.me': me,
  'users.get': getUser,
  'users.search': search,
  'users.checkUsername': checkUsername,
  'users.block': block,
  'users.unblock': unblock,
  'users.blocked': blocked,
  'users.addDevice': addDevice,
  'users.removeDevice': removeDevice,
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
  'chats.rename': renameChat,
  'chats.setNickname': setNickname,
  'chats.mute': muteChat,
  'chats.delete': deleteChat,
  'chats.clear': clearChat,
  'chats.setAvatar': setChatAvatar,
  'chats.removeAvatar': removeChatAvatar,
  'messages.send': send,
  'messages.forward': forward,
  'messages.get': getMessage,
  'messages.edit': edit,
  'messages.delete': deleteMessage,
  'messages.pin': pin,
  'messages.pins': pins,
  'messages.react': react,
  'messages.readers': readers,
  'messages.history': history,
  'messages.markRead': markRead,
  'messages.markDelivered': markDelivered,
  'messages.typing': typing,
  'sync.heads': heads,
  'sync.changes': changes,
};
