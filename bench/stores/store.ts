import type { ServerSettings } from '../servers/settings.ts';

/** What a contestant keeps its messages in. */
export interface Store {
  /** Asked before the run: a line on the database server under it. Throws a sentence when none is there to be measured. */
  check?(): Promise<string>;
  /** An empty place that one trial has to itself. */
  create(folder: string): Promise<Place>;
}

export interface Place {
  /** By which the contestant's server finds it. */
  settings: ServerSettings;
  /** The messages in it, counted through a new connection: what a server believes to have stored counts for nothing. */
  count(): Promise<number>;
  remove(): Promise<void>;
}
