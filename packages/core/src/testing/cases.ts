import { describe, it } from 'vitest';

/**
 * The promises of a port as data: each by its sentence, with the code that checks it. A suite runs them all; the test of
 * a mutant (an implementation with one safety net removed) picks one and sees it fail.
 */
export type Cases<Subject> = Readonly<Record<string, (subject: Subject) => Promise<void> | void>>;

/** One test for each case, each with a subject of its own that `use` makes and takes away again. */
export function runCases<Subject>(
  title: string,
  cases: Cases<Subject>,
  use: (check: (subject: Subject) => Promise<void> | void) => Promise<void>,
  timeout_ms = 20_000,
): void {
  describe(title, () => {
    for (const [name, check] of Object.entries(cases)) it(name, () => use(check), timeout_ms);
  });
}
