import { StartupError } from './startup-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is an absent one, as in a compose file. */
export const readText = (environment: Environment, name: string, otherwise = ''): string =>
  environment[name]?.trim() || otherwise;

/** @throws StartupError that names the variable */
export function readNumber(
  environment: Environment,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const text = readText(environment, name);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (text === '') return otherwise;
  if (value >= least && value <= most) return value;
  throw new StartupError(`${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

/** One of a few words; null when there is none. @throws StartupError that names the variable */
export function readWord<Word extends string>(
  environment: Environment,
  name: string,
  words: readonly Word[],
): Word | null {
  const text = readText(environment, name).toLowerCase();
  if (text === '') return null;
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new StartupError(`${name} must be ${words.join(' or ')}, not ${JSON.stringify(text)}.`);
}
