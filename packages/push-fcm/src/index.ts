export { fcm } from './fcm.js';
export type { FcmApp, FcmOptions, ServiceAccount } from './options.js';
