import { randomUUID } from 'node:crypto';
import { type App, deleteApp, initializeApp } from 'firebase-admin/app';
import { onTestFinished } from 'vitest';
import { access_token, type FcmStandIn } from './fcm-stand-in.js';

/** A real Firebase app whose requests go to the stand-in. `cert()` would fetch its access token past the agent. */
export function openFirebaseApp({ agent }: Pick<FcmStandIn, 'agent'>, token = access_token): App {
  const credential = { getAccessToken: async () => ({ access_token: token, expires_in: 3_600 }) };
  const app = initializeApp({ credential, projectId: 'test', httpAgent: agent }, randomUUID());
  onTestFinished(() => deleteApp(app));
  return app;
}
