import type { ErrorCode, Input, MethodName, Output } from '@dialect/protocol';
import type { z } from 'zod';
import type { Caller, Context } from './context.js';
import type { Limits } from './options.js';
import type { Rate } from './ports/index.js';

type Access = 'anyone' | 'user';

export interface Declaration<N extends MethodName, S extends z.ZodType, A extends Access> {
  name: N;
  /** A line for the documentation of the API. */
  summary: string;
  /** What its callers have to know beyond that, in Markdown. */
  description?: string;
  /**
   * The codes of its own rules, those of `domain` among them. What follows from the rest of the declaration (access,
   * input, rate) is documented by itself. Empty when it has none.
   */
  errors?: readonly ErrorCode[];
  /** An input for the documentation; without it one is made of the fields that are required. */
  example?: Input<N>;
  /** `user`: needs a caller. `anyone`: the caller may be null. */
  access: A;
  input: S;
  /** What the answer looks like, for the OpenAPI document; the type is checked against the protocol's record. */
  output: z.ZodType<Output<N>>;
  /** How often one caller may do this. */
  rate?: (limits: Limits) => Rate;
  run(input: z.output<S>, context: Context<A extends 'user' ? Caller : Caller | null>): Promise<Output<N>>;
}

export interface UseCase<N extends MethodName = MethodName> {
  name: N;
  summary: string;
  description?: string;
  errors?: readonly ErrorCode[];
  example?: Input<N>;
  access: Access;
  input: z.ZodType;
  output: z.ZodType;
  rate?: (limits: Limits) => Rate;
  run(input: unknown, context: Context<Caller | null>): Promise<Output<N>>;
}

/**
 * Declares one use case. Everything else is derived: the in-process API, the HTTP route, the socket command, the OpenAPI
 * entry, the client's method. `input` must accept what the protocol's record promises to accept.
 */
export function defineUseCase<N extends MethodName, S extends z.ZodType<unknown, unknown>, A extends Access>(
  declaration: Declaration<N, S, A> & (Input<N> extends z.input<S> ? unknown : { input: never }),
): UseCase<N> {
  // The messenger validates the input and checks the access before it calls `run`; the types meet there.
  return declaration as unknown as UseCase<N>;
}
