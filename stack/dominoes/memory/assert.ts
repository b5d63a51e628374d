/** Checks of the framework's own use: a failure is a programming error, never an operating condition. */

export function assertPowerOfTwo(value: number, name: string): void {
  if (!Number.isInteger(value) || value < 1 || (value & (value - 1)) !== 0 || value > 2 ** 30) {
    throw new RangeError(`${name} must be a power of two, at most 2^30; it is ${value}`)
  }
}

export function assertInteger(value: number, least: number, most: number, name: string): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}; it is ${value}`)
  }
}

/** For conditions that cost next to nothing to test; the message is a constant, so that nothing is allocated. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}
