import type { PushSender } from '@dialect/core';
import type { PushSettings } from './settings.js';
import { StartupError } from './startup-error.js';

const missing = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);
const variable = 'FIREBASE_CREDENTIALS_PATH';

/** The sender that the settings name. Loaded here alone: firebase-admin is as large as all the rest together. */
export async function openPush({ credentials_path }: PushSettings): Promise<PushSender> {
  const { fcm } = await load();
  try {
    return fcm({ credentials_path });
  } catch (error) {
    throw new StartupError(`${variable}: ${(error as Error).message}`, { cause: error });
  }
}

async function load() {
  try {
    return await import('@dialect/push-fcm');
  } catch (error) {
    if (!missing.has(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new StartupError(`${variable}: push needs two more packages: npm install @dialect/push-fcm firebase-admin`);
  }
}
