/** The decimal number that begins at `at`. */
export function digits(frame: Buffer, at: number): number {
  let number = 0;
  for (let index = at; index < frame.length; index++) {
    const digit = frame[index]! - 48;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return number;
}
