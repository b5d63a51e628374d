/** A whole connection in the world of two machines: opened, used in both directions, closed, released. */
import type { MachineConfig } from '../config.ts'
import { SeededWire, type WireOptions } from './seeded-wire.ts'
import { addresses, World } from './world.ts'

export interface TransferOptions {
  readonly seed: number
  readonly wire: WireOptions
  readonly config?: Partial<MachineConfig>
  readonly leftBytes: number
  readonly rightBytes: number
  readonly readStepBytes?: number
  readonly chunkBytes?: number
  readonly initialSequence?: number
  readonly limitMicros?: number
}

const port = 5001
const localPort = 33_000
const defaultLimitMicros = 1_500_000_000

/** Throws if the bytes are not delivered exactly once, in order and in time, or the shadows differ. */
export function transfer(options: TransferOptions): World {
  const { seed, wire, config = {} } = options
  const world = new World({ way: new SeededWire(wire), seed, config })
  const { left, right } = world
  left.application.bytesToSend = options.leftBytes
  right.application.bytesToSend = options.rightBytes
  for (const host of [left, right]) {
    host.application.readStepBytes = options.readStepBytes ?? 1
    host.application.chunkBytes = options.chunkBytes ?? 64 * 1024
  }
  world.nextIsn = options.initialSequence
  right.listen(port)
  left.connect(addresses.right, port, localPort)
  const isOver = (): boolean => left.application.released && right.application.released
  world.run(options.limitMicros ?? defaultLimitMicros, isOver, () => `seed ${seed}`)
  check('left', left.application.finishedAt, left.application.contiguous, options.rightBytes)
  check('right', right.application.finishedAt, right.application.contiguous, options.leftBytes)
  return world
}

function check(name: string, finishedAt: number, contiguous: number, expected: number): void {
  if (finishedAt !== expected) throw new Error(`${name}: stream ended at ${finishedAt}, not ${expected}`)
  if (contiguous !== expected) throw new Error(`${name}: ${contiguous} bytes delivered, not ${expected}`)
}
