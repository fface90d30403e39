import { AsyncLocalStorage } from 'node:async_hooks';
import type { Input, MethodName, Output } from '@dialect/protocol';
import type { Caller } from './caller.js';
import type { Logger } from './ports/index.js';
import { createTurns } from './turns.js';

/** What a hook is told of the call it stands beside. */
export interface HookCall {
  name: MethodName;
  caller: Caller | null;
  /** It runs inside a host's transaction: what the hook does elsewhere is not undone with it. */
  is_in_transaction: boolean;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * Runs when the input is valid and the caller may ask, before anything is done. Throws a MessengerError to refuse the
 * call with its code; returns another input to change it, or nothing to leave it.
 */
export type BeforeHook<I> = (input: I, call: HookCall) => MaybePromise<I | undefined> | MaybePromise<void>;

/**
 * Runs when the use case has succeeded (inside a transaction: before the commit), and is awaited before the caller has
 * the answer. What was done stays done: an error of the hook is logged. The output may be shared: copy it to change it.
 */
export type AfterHook<I, O> = (output: O, call: HookCall & { input: I }) => MaybePromise<void>;

export interface Hooks {
  /** By use case; `'*'` runs before every one of them, and first. */
  before?: { [N in MethodName]?: BeforeHook<Input<N>> } & { '*'?: BeforeHook<unknown> };
  /** By use case; `'*'` runs after every one of them, and last. */
  after?: { [N in MethodName]?: AfterHook<Input<N>, Output<N>> } & { '*'?: AfterHook<unknown, unknown> };
}

export interface HookRunner {
  /** The input to go on with. Answers at once when there is no hook or none that waits. */
  before(input: unknown, call: HookCall): unknown;
  after(output: unknown, call: HookCall & { input: unknown }): void | Promise<void>;
}

export function createHookRunner({ before = {}, after = {} }: Hooks, logger: Logger): HookRunner {
  const inTurn = createTurns();
  /** Entered by every before hook. */
  const within = new AsyncLocalStorage<true>();
  // By the name of their use case: the types of the two records say that they fit.
  const beforeOf = (name: MethodName) => [before['*'], before[name]].filter(isGiven) as BeforeHook<unknown>[];
  const afterOf = (name: MethodName) => [after[name], after['*']].filter(isGiven) as AfterHook<unknown, unknown>[];

  async function runBefore(hooks: BeforeHook<unknown>[], input: unknown, call: HookCall): Promise<unknown> {
    let current = input;
    for (const hook of hooks) current = (await hook(current, call)) ?? current;
    return current;
  }

  async function runAfter(hooks: AfterHook<unknown, unknown>[], output: unknown, call: HookCall & { input: unknown }) {
    for (const hook of hooks) {
      try {
        await hook(output, call);
      } catch (error) {
        logger.error('An after hook failed.', { name: call.name, error: String((error as Error)?.stack ?? error) });
      }
    }
  }

  return {
    before(input, call) {
      const hooks = beforeOf(call.name);
      if (hooks.length === 0) return input;
      const turn = turnOf(input, call);
      const is_nested = within.getStore() === true;
      const run = within.run(true, () => runBefore(hooks, input, call));
      // What a hook asks of us it waits for, so that cannot come after what the hook stands before.
      return turn === null || is_nested ? run : inTurn(turn, run);
    },
    after(output, call) {
      const hooks = afterOf(call.name);
      if (hooks.length > 0) return runAfter(hooks, output, call);
    },
  };
}

const isGiven = <T>(hook: T | undefined): hook is T => hook !== undefined;

/**
 * What one caller asks about one chat goes on in the order in which it came, however long a hook takes. Null: in no
 * order. Whoever is unknown must not wait for others, and a transaction not for a hook that may be waiting for it.
 */
function turnOf(input: unknown, { caller, is_in_transaction }: HookCall): string | null {
  const { chat_id } = input as { chat_id?: unknown };
  if (!caller || chat_id === undefined || is_in_transaction) return null;
  return `${caller.user_id}:${chat_id}`;
}
