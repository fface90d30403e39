import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}
type Frame = CpuProfile['nodes'][number]['callFrame'];

const SHOWN = 30;
/** Loading modules and waiting for the load to come would only blur the shares. */
const SKIPPED_US = 1.5e6;

/** Prints where each profiled server spent its own time, the costliest modules and functions first. */
export function printProfiles(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
    console.log(`${join(folder, file)}\n${shares(profile, moduleOf)}\n\n${shares(profile, nameOf)}\n`);
  }
}

function shares(profile: CpuProfile, keyOf: (frame: Frame) => string): string {
  const keys = new Map(profile.nodes.map(({ id, callFrame }) => [id, keyOf(callFrame)]));
  const idle = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  const times = new Map<string, number>();
  let [clock, busy] = [0, 0];
  for (const [index, id] of profile.samples.entries()) {
    const time = profile.timeDeltas[index] ?? 0;
    clock += time;
    if (clock < SKIPPED_US || idle.has(id)) continue;
    const key = keys.get(id) ?? '?';
    times.set(key, (times.get(key) ?? 0) + time);
    busy += time;
  }
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([key, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${key}`)
    .join('\n');
}

function nameOf({ functionName, url, lineNumber }: Frame): string {
  const name = functionName || '(anonymous)';
  return url ? `${name}  ${url.split('/').slice(-3).join('/')}:${lineNumber + 1}` : name;
}

/** `packages/core`, `ws`, `node:net`; what has no address is the engine's own: garbage collection, native calls. */
function moduleOf({ functionName, url }: Frame): string {
  if (url.startsWith('node:')) return 'node:*';
  const path = /(?:node_modules\/((?:@[^/]+\/)?[^/]+)|(packages\/[^/]+))/.exec(url);
  return path?.[1] ?? path?.[2] ?? (url ? 'bench' : functionName || '(anonymous native)');
}
