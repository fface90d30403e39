import { mkdirSync, writeFileSync } from 'node:fs';
import { available } from './available.ts';
import { type Contestant, contestants } from './contestants.ts';
import { interruptible, leaveNothingBehind } from './ending.ts';
import { temporaryFolderIsMemory } from './folders.ts';
import type { Figures } from './metrics.ts';
import { help, type Options, readOptions } from './options.ts';
import { printProfiles } from './profile.ts';
import { best, printTargets, printWorkload, type Results } from './report.ts';
import { trial } from './trial.ts';
import { type Workload, workloads } from './workloads.ts';

const intro = `Ours runs with its rate limit raised and accounts off; every other limit is the default. Its SQLite syncs at every
commit (WAL, synchronous=FULL). Each trial has a fresh folder, database, server and generator; the best round counts.
`;

leaveNothingBehind();
const options = parse();
const chosen = workloads.filter(({ name }) => options.only.includes(name));
const results: Results = new Map();
await interruptible(run);

async function run(): Promise<void> {
  const able = await findAble();
  if (options.profile) mkdirSync(options.profile, { recursive: true });
  for (const workload of chosen) {
    results.set(workload.name, await measure(workload, able));
    printWorkload(workload, results);
  }
  printTargets(results);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(asJson(), null, 2)}\n`);
  if (options.profile) printProfiles(options.profile);
}

function parse(): Options {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== 'help') return read;
    console.log(help);
    process.exit(0);
  } catch (error) {
    refuse(error);
  }
}

function refuse(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}

/** Those of the chosen contestants that can run here; says with what. */
async function findAble(): Promise<Contestant[]> {
  const wanted = contestants.filter(({ name }) => chosen.some((workload) => takesPart(name, workload)));
  const { able, remarks } = await available(wanted, options.contestants_are_named).catch(refuse);
  console.log([intro, ...remarks.map((remark) => `${remark}\n`)].join('\n'));
  if (temporaryFolderIsMemory())
    console.log('WARNING: the temporary folder is in memory, so an fsync costs nothing.\n');
  return able;
}

function takesPart(name: string, workload: Workload): boolean {
  return options.contestants.includes(name) && !workload.except?.includes(name);
}

/** All rounds of a workload; each round cycles over the contestants, so that a noisy minute hits them alike. */
async function measure(workload: Workload, able: readonly Contestant[]): Promise<Map<string, Figures[]>> {
  const field = able.filter(({ name }) => takesPart(name, workload));
  const rounds = new Map<string, Figures[]>(field.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const contestant of field) {
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
