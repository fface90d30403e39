import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cert, deleteApp, initializeApp } from 'firebase-admin/app';
import type { FcmApp, FcmOptions, ServiceAccount } from './options.js';

export interface OpenApp {
  app: FcmApp;
  project_id: string;
  close(): Promise<void>;
}

/** @throws Error in one line, without anything of the key, when the credentials cannot be used */
export function openApp(options: FcmOptions): OpenApp {
  if ('app' in options) {
    const { app } = options;
    return { app, project_id: projectOf(app), close: async () => undefined };
  }
  const account = 'service_account' in options ? options.service_account : readAccount(options.credentials_path);
  const app = open(account);
  return { app, project_id: account.project_id, close: () => deleteApp(app) };
}

function open(account: ServiceAccount): FcmApp {
  const { project_id, client_email, private_key } = account;
  const wrong = Object.entries({ project_id, client_email, private_key }).find(([, text]) => typeof text !== 'string');
  if (wrong) throw new Error(`The service account has no ${wrong[0]}.`);
  const credential = cert({ projectId: project_id, clientEmail: client_email, privateKey: private_key });
  // A name of its own: the host may use the default one, and there may be several of us.
  return initializeApp({ credential, projectId: project_id }, `dialect-${randomUUID()}`);
}

function readAccount(path: string): ServiceAccount {
  const text = readFileSync(path, 'utf8');
  let account: unknown;
  try {
    account = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and that is a key.
    throw new Error(`${path} is not JSON.`);
  }
  if (typeof account !== 'object' || account === null) throw new Error(`${path} is no service account.`);
  return account as ServiceAccount;
}

function projectOf({ options }: FcmApp): string {
  const credential = options.credential as { projectId?: string } | undefined;
  return options.projectId ?? credential?.projectId ?? process.env.GOOGLE_CLOUD_PROJECT ?? 'of the given app';
}
