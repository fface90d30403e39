import type { MethodName } from '@dialect/protocol';
import { api } from './api.js';
import type { Caller, Services } from './context.js';
import { isMessengerError, MessengerError } from './errors.js';
import type { HookRunner } from './hooks.js';
import type { Rate } from './ports/index.js';
import { validate } from './validate.js';

export type Run = (name: MethodName, input: unknown, caller: Caller | null, services: Services) => Promise<unknown>;

/** What every call passes through, wherever it comes from: access, validation, rate, hooks, and the use case. */
export function createPipeline(options: {
  /** Null without any: nothing is spent on them then. */
  hooks: HookRunner | null;
  passRate: (key: string, rate: Rate) => void | Promise<void>;
}): Run {
  const { hooks, passRate } = options;
  return async (name, input, caller, services) => {
    const useCase = Object.hasOwn(api, name) ? api[name] : undefined;
    if (!useCase) throw new MessengerError('UNKNOWN_METHOD', { field: 'method' });
    if (useCase.access === 'user' && !caller) throw new MessengerError('UNAUTHORIZED');
    let parsed = validate(useCase.input, input);
    if (useCase.rate && caller) {
      const passing = passRate(`${name}:${caller.user_id}`, useCase.rate(services.limits));
      if (passing) await passing;
    }
    if (!hooks) return useCase.run(parsed, { ...services, caller });
    const call = { name, caller, is_in_transaction: services.is_in_transaction };
    const hooked = hooks.before(parsed, call);
    if (hooked !== parsed) {
      const given = await hooked;
      if (given !== parsed) parsed = revalidate(name, given);
    }
    const output = await useCase.run(parsed, { ...services, caller });
    const afterwards = hooks.after(output, { ...call, input: parsed });
    if (afterwards) await afterwards;
    return output;
  };
}

/** What a hook makes of an input is held to the same schema; that it does not fit is no fault of the caller's. */
function revalidate(name: MethodName, input: unknown): unknown {
  try {
    return validate(api[name].input, input);
  } catch (error) {
    if (!isMessengerError(error)) throw error;
    throw new Error(`A before hook of ${name} returned an input that is not valid: ${error.message}`);
  }
}
