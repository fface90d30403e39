import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mysql } from '@dialect/adapter-mysql';
import { createDiskBlobStore, type MessengerOptions } from '@dialect/core';
import { describe, onTestFinished } from 'vitest';
import { createDatabase, has_mysql } from '../../../../tests/support/mysql.js';
import { type Answer, type Api, ask, type Person, startApi, temporaryFolder } from './start-api.js';

export interface MediaApi extends Api {
  anna: Person;
  /** What is on the disk, half-written files among it. */
  files(): string[];
  /** Sends a form with one file. */
  upload(content: string | Uint8Array, filename?: string, path?: string): Promise<Answer>;
  /** Sends any body as a form. */
  send(body: BodyInit, type?: string, path?: string): Promise<Answer>;
  /** Sends bytes as they are, on a connection of their own; resolves with all that comes back. */
  raw(
    head: string[],
    body: string | Buffer,
    options?: { more?: string[]; every_ms?: number; then_destroy?: boolean },
  ): Promise<string>;
}

/** Each of the storages that a server can have. */
export const describeStorages = (title: string, tests: (start: StartMedia) => void): void => {
  describe(`${title}, on SQLite`, () => tests(startMedia));
  describe.skipIf(!has_mysql)(`${title}, on MySQL or MariaDB`, () =>
    tests(async (options) => {
      const { url, remove } = await createDatabase();
      onTestFinished(remove);
      return startMedia({ ...options, storage: mysql({ url }) });
    }),
  );
};

type Options = Partial<Pick<MessengerOptions, 'storage' | 'blobs' | 'limits' | 'images'>>;
export type StartMedia = (options?: Options) => Promise<MediaApi>;

/** The API with a folder for files, and Anna. */
export const startMedia: StartMedia = async (options = {}) => {
  const folder = join(temporaryFolder(), 'media');
  const api = await startApi('memory', { blobs: createDiskBlobStore(folder), ...options });
  const anna = await api.join('anna');
  const authorization = `Bearer ${anna.token}`;
  const send: MediaApi['send'] = (body, type, path = '/messages/upload') =>
    ask(`${api.url}/api/v1${path}`, {
      method: 'POST',
      body,
      headers: { authorization, ...(type && { 'content-type': type }) },
      duplex: 'half',
    } as RequestInit);
  return {
    ...api,
    anna,
    files: () => readdirSync(folder).sort(),
    send,
    upload(content, filename = 'a file.bin', path = '/messages/upload') {
      const form = new FormData();
      form.set('file', new Blob([content as BlobPart]), filename);
      return send(form, undefined, path);
    },
    raw: (head, body, { more = [], every_ms = 0, then_destroy = false } = {}) =>
      new Promise((resolve) => {
        let answer = '';
        const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => {
          socket.write(`${[...head, 'Host: a', `Authorization: ${authorization}`].join('\r\n')}\r\n\r\n`);
          socket.write(body, () => then_destroy && setTimeout(() => socket.destroy(), 100));
          for (const [n, text] of more.entries()) setTimeout(() => socket.write(text), (n + 1) * every_ms);
        });
        socket.on('data', (data) => {
          answer += data.toString('latin1');
        });
        socket.on('error', () => undefined).on('close', () => setTimeout(() => resolve(answer), 100));
      }),
  };
};
