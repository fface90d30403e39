import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.ts';
import { workloads } from './workloads.ts';

export interface Options {
  only: string[];
  contestants: string[];
  /** The user has named them, and wants no run without one of them. */
  contestants_are_named: boolean;
  seconds: number;
  warm_up_seconds: number;
  rounds: number;
  json: string | undefined;
  profile: string | undefined;
}

export const help = `npm run bench -- [flags]

  --only W1x16,W2       workloads to run (${workloads.map((workload) => workload.name).join(', ')})
  --contestants a,b     contestants to run (${contestants.map((contestant) => contestant.name).join(', ')})
  --seconds N           measured seconds of each trial, after 1 s of warm-up (4)
  --rounds N            trials per workload and contestant; the best one counts (2)
  --json FILE           also write every figure of every round to FILE
  --profile DIR         run our servers under --cpu-prof into DIR and print where their time goes
  --help

The MySQL or MariaDB server is named by DIALECT_BENCH_MYSQL_URL (mysql://root@127.0.0.1:3306).
`;

/** Reads the command line; throws with a sentence for the user when it makes no sense. */
export function readOptions(args: string[]): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string' },
      contestants: { type: 'string' },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '2' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  return {
    only: choose('--only', values.only, workloads),
    contestants: choose('--contestants', values.contestants, contestants),
    contestants_are_named: values.contestants !== undefined,
    seconds: within('--seconds', values.seconds, 0.2, 60),
    warm_up_seconds: 1,
    rounds: within('--rounds', values.rounds, 1, 50),
    json: path(values.json),
    profile: path(values.profile),
  };
}

function choose(flag: string, list: string | undefined, known: readonly { name: string }[]): string[] {
  const names = known.map((entry) => entry.name);
  const chosen = list?.split(',') ?? names;
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`${flag}: ${unknown.join(', ')} is none of ${names.join(', ')}`);
  return chosen;
}

function within(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!(number >= least && number <= most)) throw new Error(`${flag}: ${text} is not between ${least} and ${most}`);
  return number;
}

/** npm changes into bench/ before it runs us; the user means the folder in which npm was called. */
function path(given: string | undefined): string | undefined {
  return given === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', given);
}
