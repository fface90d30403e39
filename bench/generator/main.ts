import type { Answer } from '../children.ts';
import type { Outcome } from '../metrics.ts';
import { chat } from './chat.ts';
import { connectAll } from './connect.ts';
import type { Job } from './job.ts';
import { pages } from './pages.ts';
import { wires } from './wires/index.ts';

// A new process for every trial: what the engine learnt about one contestant's frames must not slow the next one's.
const answer = (said: Answer) => process.send?.(said);
process.on('uncaughtException', (error) => {
  answer({ error: error.message });
  setTimeout(() => process.exit(1), 100);
});
process.on('disconnect', () => process.exit(1));
process.once('message', async (job: Job) => {
  answer({ ok: await run(job) });
});

async function run(job: Job): Promise<Outcome | null> {
  const wire = wires[job.wire];
  if (job.load.kind === 'chat') return chat(job, job.load, wire);
  if (job.load.kind === 'pages') return pages(job, job.load, wire);
  // Idle sockets stay open until the parent ends this process.
  await connectAll(
    Array.from({ length: job.load.sockets }, (_, index) => index + 1),
    wire,
    job.port,
  );
  return null;
}
