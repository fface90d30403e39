import { join } from 'node:path';
import { createDiskBlobStore, createFileSnapshot, createMessenger, type Logger } from '@dialect/core';
import { apiRoot, socketPath } from '@dialect/protocol';
import { attachWebSocket } from '@dialect/transport-ws';
import { inDataFolder } from './data-folder.js';
import { describeDatabase } from './database-settings.js';
import { drain } from './drain.js';
import { createHttpServer, listen, tryAddress } from './http-server.js';
import { createNodeHandler } from './node-handler.js';
import { openPush } from './open-push.js';
import { openStorage } from './open-storage.js';
import { keepSecretKey, type SecretKey } from './secret-key.js';
import type { Settings } from './settings.js';
import { useDatabase } from './use-database.js';

/** A server that answers. */
export interface RunningServer {
  /** `http://127.0.0.1:8000`, with the port that it really has. */
  url: string;
  api_url: string;
  docs_url: string;
  socket_url: string;
  /** The kind and the place of the database, without its password. */
  database: string;
  data_dir: string;
  /** Null when the settings brought one. */
  key: Omit<SecretKey, 'secret'> | null;
  /** Who sends notifications; null when nobody does. */
  push: string | null;
  logger: Logger;
  /** Finishes what is running and closes everything, within 10 seconds. */
  close(): Promise<void>;
}

/**
 * Puts the reference server together and starts it; `report` hears a line about each migration and about waiting for one.
 * @throws StartupError for what its operator can put right
 */
export async function serve(settings: Settings, report?: (line: string) => void): Promise<RunningServer> {
  const { data_dir, database, port, host } = settings;
  // Before anything is touched: whoever starts it twice by mistake must not migrate the data under the first one.
  await tryAddress(port, host);
  const kept = settings.secret === null ? inDataFolder(data_dir, () => keepSecretKey(data_dir)) : null;
  const push = settings.push && {
    push: await openPush(settings.push),
    push_options: { content: settings.push.content },
  };
  const storage = await useDatabase(database, () => openStorage(database));
  const media_dir = join(data_dir, 'media');
  const messenger = createMessenger({
    storage: { ...storage, migrate: () => storage.migrate(report) },
    accounts: {
      secret: (kept?.secret ?? settings.secret) as string,
      token_minutes: settings.token_minutes,
      username_snapshot: createFileSnapshot(join(data_dir, 'usernames.filter')),
    },
    blobs: inDataFolder(media_dir, () => createDiskBlobStore(media_dir)),
    limits: { upload_bytes: settings.max_upload_bytes, unused_media_hours: settings.unused_media_hours },
    ...push,
  });
  const options = { cors_origins: settings.cors_origins, override_globals: true };
  const http = createHttpServer(createNodeHandler(messenger, options));
  const transport = attachWebSocket(http.server, messenger);
  const close = () => drain(http, transport, messenger);

  try {
    await useDatabase(database, () => messenger.start());
    const address = await listen(http.server, port, host);
    const origin = `//${nameOf(host)}:${address.port}`;
    return {
      url: `http:${origin}`,
      api_url: `http:${origin}${apiRoot}`,
      docs_url: `http:${origin}/docs`,
      socket_url: `ws:${origin}${socketPath}`,
      database: describeDatabase(database),
      data_dir,
      key: kept && { path: kept.path, is_new: kept.is_new, is_exposed: kept.is_exposed },
      push: push?.push.name ?? null,
      logger: messenger.logger,
      close,
    };
  } catch (error) {
    // What kept it from starting is what its operator has to read.
    await close().catch(() => undefined);
    throw error;
  }
}

/** A host as it stands in a URL. "Every address" is no address to visit, so it is shown as this machine. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
