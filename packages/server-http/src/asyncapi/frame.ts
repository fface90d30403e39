import { api } from '@dialect/core';
import type { Input, MethodName, Output } from '@dialect/protocol';
import { z } from 'zod';

/** A frame as the document shows it. */
export interface Frame<F> {
  summary: string;
  schema: z.ZodType<F>;
  /** Made from the schema when there is none. */
  example?: F;
}

/** One entry for each type of frame: a type of the protocol without one, or of another shape, does not compile. */
export type Frames<F extends { type: string }> = { readonly [T in F['type']]: Frame<Extract<F, { type: T }>> };

/** The schemas of use cases, with the types that the protocol's record gives them. */
export const inputOf = <N extends MethodName>(name: N) => api[name].input as z.ZodType<Input<N>>;
export const outputOf = <N extends MethodName>(name: N) => api[name].output as z.ZodType<Output<N>>;

export const id = z.int().positive();
export const seq = z.int().min(0);
export const time = z.iso.datetime();
export const ref = z.union([z.string().max(64), z.number()]);
export const optionalRef = z.exactOptional(ref);
export const typed = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape });
