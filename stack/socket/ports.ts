/** Port numbers where they come in: a number that is no port would be cut to 16 bits, and name another. */

export function assertPort(what: string, port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 0xffff) return
  throw new RangeError(`${what} must be an integer of 1 … 65535, not ${port}`)
}
