/** Cuts a stream of unfragmented, unmasked frames (RFC 6455, section 5.2) into payloads, without copying them. */
export function createReader(hear: (opcode: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 2) {
      const first = bytes[at]!;
      if ((first & 0x80) === 0) throw new Error('the bench reads no fragmented messages');
      const short = bytes[at + 1]!;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < header) break;
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      if (bytes.length - at < header + length) break;
      hear(first & 0x0f, bytes.subarray(at + header, at + header + length));
      at += header + length;
    }
    rest = at === bytes.length ? undefined : bytes.subarray(at);
  };
}
