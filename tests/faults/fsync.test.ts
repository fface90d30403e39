import { spawnSync } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketPath, subprotocol } from '@dialect/protocol';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Mutant, startServer } from './child-server.js';

const messages = 300;
const has_strace = process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;
// kill -9 cannot see a missing fsync: the kernel still has what was written. In CI a missing tool is a failure.
const traced = test.skipIf(!has_strace && !process.env.CI);

/** Sends one message after another to a server under strace and reads the order of its system calls. */
async function trace(mutant: Mutant): Promise<{ acks: number; syncs: number; early: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-fsync-'));
  const log = join(folder, 'strace.log');
  const calls = 'trace=write,writev,sendto,sendmsg,pwrite64,fdatasync,fsync';
  const wrapper = ['strace', '-f', '-qq', '-s', '8192', '-e', calls, '-e', 'signal=none', '-o', log];
  try {
    const server = await startServer({ database: join(folder, 'chat.db'), port: 0, mutant, wrapper });
    await sendAll(server.port).finally(() => server.kill());
    return judge(readFileSync(log, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sendAll(port: number): Promise<void> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${socketPath}`, subprotocol);
  const frames = on(ws, 'message');
  const next = async (type: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value } = (await frames.next()) as { value: [Buffer] };
      const frame = JSON.parse(String(value[0])) as Record<string, unknown>;
      if (frame.type === type) return frame;
      if (frame.type === 'error') throw new Error(String(frame.message));
    }
  };
  const ask = (frame: object): Promise<Record<string, unknown>> => {
    ws.send(JSON.stringify(frame));
    return next('ok');
  };
  await once(ws, 'open');
  ws.send(JSON.stringify({ type: 'hello', v: 1, token: 'ann' }));
  await next('ready');
  const params = { chat_name: 'G', participant_ids: [] };
  const group = await ask({ type: 'rpc', ref: 1, method: 'chats.createGroup', params });
  const chat_id = (group.result as { id: number }).id;
  for (let ref = 2; ref < messages + 2; ref++) await ask({ type: 'send', ref, chat_id, content: `message ${ref}` });
  ws.terminate();
}

/** An acknowledgement is early when something was written to the database after its last sync. */
function judge(log: string): { acks: number; syncs: number; early: number } {
  let is_dirty = false;
  const counts = { acks: 0, syncs: 0, early: 0 };
  for (const line of log.split('\n')) {
    if (/ pwrite64\(/.test(line)) is_dirty = true;
    else if (/ (fdatasync|fsync)\(.* = 0/.test(line)) {
      is_dirty = false;
      counts.syncs += 1;
    } else if (/\\"type\\":\\"ok\\".*\\"seq\\":/.test(line)) {
      counts.acks += 1;
      if (is_dirty) counts.early += 1;
    }
  }
  return counts;
}

traced(
  'no acknowledgement leaves before the fdatasync that covers it',
  async () => {
    const { acks, syncs, early } = await trace('none');
    expect(acks).toBe(messages);
    expect(syncs).toBeGreaterThanOrEqual(messages);
    expect(early).toBe(0);
  },
  60_000,
);

traced(
  'the same test sees a database that does not sync at commit',
  async () => {
    const { acks, early } = await trace('synchronous-normal');
    expect(acks).toBe(messages);
    expect(early).toBeGreaterThan(messages / 2);
  },
  60_000,
);
