import { type ClientFrame, protocolLimits } from '@dialect/protocol';

/** The first frames of a connection: who I am and how far I know each chat. */
export function helloFrames(
  token: string | null,
  epoch: string | null,
  heads: readonly [string, number][],
): ClientFrame[] {
  const size = protocolLimits.heads_per_frame;
  const hello = { type: 'hello', v: 1, ...(token !== null && { token }) } as const;
  if (epoch === null) return [hello];
  const frames: ClientFrame[] = [
    {
      ...hello,
      epoch,
      heads: Object.fromEntries(heads.slice(0, size)),
      ...(heads.length > size && { more_heads: true }),
    },
  ];
  for (let i = size; i < heads.length; i += size) {
    const isLast = i + size >= heads.length;
    frames.push({ type: 'heads', heads: Object.fromEntries(heads.slice(i, i + size)), ...(!isLast && { more: true }) });
  }
  return frames;
}
