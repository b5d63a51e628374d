/** Checks port numbers where they enter the stack: a larger number would be cut to 16 bits and name another port. */

export function assertPort(what: string, port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 0xffff) return
  throw new RangeError(`${what} must be an integer of 1 … 65535, not ${port}`)
}
