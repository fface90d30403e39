import type { App } from 'firebase-admin/app';

/** The host's own Firebase app, of any copy of firebase-admin. */
export type FcmApp = App;

/** What stands in the file that the Firebase console makes under "Service accounts". */
export interface ServiceAccount {
  project_id: string;
  client_email: string;
  private_key: string;
}

export type FcmOptions =
  /** The file of a service account. */
  | { credentials_path: string }
  | { service_account: ServiceAccount }
  /**
   * An app of the host's own, which stays open when the sender closes. One with an `httpAgent` (a proxy) is sent through
   * by HTTP/1.1, because firebase-admin's HTTP/2 goes past the agent.
   */
  | { app: FcmApp };
