import type { Outcome } from '../metrics.ts';
import { contentBytes } from '../plan.ts';
import { connectAll, refused } from './connect.ts';
import type { Job } from './job.ts';
import { latencies } from './latencies.ts';
import { watch } from './window.ts';
import { PING, REFUSAL, type Wire } from './wires/wire.ts';

const PAGE = 50;

/** Each reader asks for the newest page again as soon as it has come. */
export async function pages(job: Job, load: Job['load'] & { kind: 'pages' }, wire: Wire): Promise<Outcome> {
  const users = Array.from({ length: load.readers }, (_, index) => index + 1);
  const links = await connectAll(users, wire, job.port);
  const times = latencies();
  let count = 0;
  for (const link of links) {
    let [ref, started] = [0, 0];
    const ask = () => {
      started = performance.now();
      link.socket.send(wire.page(++ref, load.chat_id));
    };
    link.socket.onText = (frame) => {
      const kind = wire.classify(frame);
      if (kind === REFUSAL) refused(frame);
      if (kind === PING) link.socket.send(wire.pong);
      if (kind < 0) return;
      times.add(performance.now() - started);
      count++;
      checkPage(frame, kind, ref, wire);
      ask();
    };
    ask();
  }
  const window = await watch(job, () => [count], times.open);
  const [pagesInWindow] = window.counts as [number];
  return {
    acked: 0,
    figures: {
      pages_per_s: pagesInWindow / window.seconds,
      p50_ms: times.percentile(0.5),
      p99_ms: times.percentile(0.99),
      server_us: (window.server_cpu * window.seconds * 1e6) / pagesInWindow,
      server_cpu: window.server_cpu,
      generator_cpu: window.generator_cpu,
    },
  };
}

/** The first page is read in full, the others by their size: reading them all would measure the generator. */
function checkPage(frame: Buffer, kind: number, ref: number, wire: Wire): void {
  if (kind !== ref) throw new Error(`asked for page ${ref}, got ${kind}`);
  const length = ref === 1 ? wire.pageLength(frame.toString()) : PAGE;
  if (length !== PAGE || frame.length < PAGE * contentBytes)
    throw new Error(`a page of ${length} messages, not ${PAGE}`);
}
