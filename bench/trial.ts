import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, start } from './children.ts';
import type { Contestant } from './contestants.ts';
import { makeFolder, removeFolder } from './folders.ts';
import type { Job } from './generator/job.ts';
import type { Figures, Outcome } from './metrics.ts';
import type { Options } from './options.ts';
import type { Seeded } from './plan.ts';
import { residentKib } from './proc.ts';
import { checkRows } from './rows.ts';
import type { Place } from './stores/store.ts';
import type { Workload } from './workloads.ts';

const patience = { seed_ms: 120_000, start_ms: 15_000, connect_ms: 60_000, load_ms: 30_000 };
/** After the sockets have opened or gone, before memory is read: timers, closing handshakes and page returns. */
const SETTLE_MS = 1_000;

/**
 * One contestant, one workload, once: a fresh folder, a fresh database, a fresh server, a fresh generator, and the rows
 * counted after.
 */
export async function trial(contestant: Contestant, workload: Workload, options: Options): Promise<Figures> {
  const folder = makeFolder();
  const { script } = contestant;
  let place: Place | undefined;
  let seeder: Child | undefined;
  let server: Child | undefined;
  try {
    place = await contestant.store?.create(folder);
    const settings = JSON.stringify({ ...contestant.settings, ...place?.settings });
    seeder = start(script, ['seed', folder, settings, JSON.stringify(workload.plan)]);
    const seeded = await seeder.answer<Seeded>(patience.seed_ms);
    await seeder.exited(patience.start_ms);

    server = start(
      script,
      ['serve', folder, settings],
      ['--expose-gc', ...profileFlags(contestant, workload, options)],
    );
    const { port } = await server.answer<{ port: number }>(patience.start_ms);
    const outcome = await load(server, port, seeded, contestant, workload, options);
    await server.ask('stop', patience.start_ms);
    await server.exited(patience.start_ms);
    if (place) await checkRows(contestant.name, place, workload.plan.messages + outcome.acked);
    return outcome.figures;
  } finally {
    seeder?.kill();
    server?.kill();
    await place?.remove();
    removeFolder(folder);
  }
}

async function load(
  server: Child,
  port: number,
  { chat_ids }: Seeded,
  contestant: Contestant,
  workload: Workload,
  { warm_up_seconds, seconds }: Options,
): Promise<Outcome> {
  const base = { wire: contestant.wire, port, server_pid: server.pid, warm_up_seconds, seconds };
  const { load, plan } = workload;
  const limit_ms = (warm_up_seconds + seconds) * 1_000 + patience.load_ms;
  switch (load.kind) {
    case 'chat': {
      const rooms = plan.chats.map((users, index) => ({ chat_id: chat_ids[index]!, users }));
      return generate({ ...base, load: { ...load, rooms } }, limit_ms);
    }
    case 'pages':
      return generate({ ...base, load: { ...load, chat_id: chat_ids[0]! } }, limit_ms);
    case 'idle': {
      await holdingSockets({ ...base, load: { kind: 'idle', sockets: load.warm_up } }, async () => {});
      const before = await settledMemory(server);
      const sockets = { ...base, load: { kind: 'idle', sockets: load.sockets } } as const;
      const after = await holdingSockets(sockets, () => settledMemory(server));
      return { acked: 0, figures: { kib_per_socket: (after - before) / load.sockets } };
    }
  }
}

async function generate(job: Job, limit_ms: number): Promise<Outcome> {
  const generator = start('generator/main.js', []);
  try {
    return await generator.ask<Outcome>(job, limit_ms);
  } finally {
    generator.kill();
  }
}

async function holdingSockets<T>(job: Job, work: () => Promise<T>): Promise<T> {
  const generator = start('generator/main.js', []);
  try {
    await generator.ask(job, patience.connect_ms);
    return await work();
  } finally {
    generator.kill();
  }
}

async function settledMemory(server: Child): Promise<number> {
  await sleep(SETTLE_MS);
  await server.ask('collect', patience.start_ms);
  await sleep(SETTLE_MS / 4);
  return residentKib(server.pid);
}

function profileFlags({ name, is_ours }: Contestant, workload: Workload, { profile }: Options): string[] {
  if (profile === undefined || !is_ours) return [];
  const file = `${workload.name}.${name}.${Date.now()}.cpuprofile`;
  return ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${file}`];
}
