/** The time, so that tests can hold it. Durations are measured by it too; nothing is ever ordered by it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}
