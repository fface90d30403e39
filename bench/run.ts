import { mkdirSync, writeFileSync } from 'node:fs';
import { killAll } from './children.ts';
import { contestants } from './contestants.ts';
import { removeFolders, temporaryFolderIsMemory } from './folders.ts';
import type { Figures } from './metrics.ts';
import { help, type Options, readOptions } from './options.ts';
import { printProfiles } from './profile.ts';
import { best, printTargets, printWorkload, type Results } from './report.ts';
import { trial } from './trial.ts';
import { type Workload, workloads } from './workloads.ts';

const intro = `Ours runs with its rate limit raised and accounts off; every other limit is the default. Its SQLite syncs at every
commit (WAL, synchronous=FULL). Each trial has a fresh folder, server and generator; the best round counts.
`;

process.on('exit', () => {
  killAll();
  removeFolders();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const options = parse();
console.log(intro);
if (temporaryFolderIsMemory()) console.log('WARNING: the temporary folder is in memory, so an fsync costs nothing.\n');
if (options.profile) mkdirSync(options.profile, { recursive: true });
const results: Results = new Map();
for (const workload of workloads.filter(({ name }) => options.only.includes(name))) {
  results.set(workload.name, await measure(workload));
  printWorkload(workload, results);
}
printTargets(results);
if (options.json) writeFileSync(options.json, `${JSON.stringify(asJson(), null, 2)}\n`);
if (options.profile) printProfiles(options.profile);

function parse(): Options {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== 'help') return read;
    console.log(help);
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** All rounds of a workload; each round cycles over the contestants, so that a noisy minute hits them alike. */
async function measure(workload: Workload): Promise<Map<string, Figures[]>> {
  const able = contestants.filter(({ name }) => options.contestants.includes(name) && !workload.except?.includes(name));
  const rounds = new Map<string, Figures[]>(able.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const contestant of able) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${workload.name} ${round + 1} ${contestant.name}`);
      rounds.get(contestant.name)?.push(await trial(contestant, workload, options));
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return rounds;
}

function asJson() {
  return {
    node: process.version,
    options,
    workloads: [...results].map(([name, rounds]) => {
      const workload = workloads.find((entry) => entry.name === name) as Workload;
      return {
        name,
        title: workload.title,
        contestants: [...rounds].map(([contestant, all]) => ({ contestant, best: best(workload, all), rounds: all })),
      };
    }),
  };
}
