/** Runs of the register domain that are recorded, on one thread, and what they are replayed with. */

import { Random } from '../../device/random.ts'
import { Channel } from '../channel/channel.ts'
import type { ReplayedDomain } from '../log/domain.ts'
import { LogRecorder } from '../log/recorder.ts'
import { LogWriter } from '../log/writer.ts'
import { openRegion } from '../memory/region.ts'
import type { FrameworkStart } from '../replica/framework-layout.ts'
import { RegisterDomain } from './register-domain.ts'
import { createWorld, openWorld } from './register-world.ts'

/** What `apply` of the register domain reads. */
export const registerShape = { argumentWords: 3, headWords: 2 }
export const registerStride = 4

export interface RecordedRun {
  readonly path: string
  readonly seed: number
  readonly replicas: number
  readonly requests: number
  readonly start: FrameworkStart
  /** Replica 0 is gone for good once this many requests were generated. */
  readonly removeAfter?: number
}

/** Interleaves replicas and recorder at random until all is recorded. */
export function recordRun(run: RecordedRun): void {
  const { path, seed, replicas, requests, start, removeAfter = Number.POSITIVE_INFINITY } = run
  const random = new Random(seed)
  const world = createWorld(
    { replicas, observers: 1, slotCount: 8 << random.below(3), digestStride: registerStride },
    start,
  )
  let now = start.time ?? 0
  const opened = Array.from({ length: replicas }, (_, id) =>
    openWorld(world, {
      id,
      nowMicros: () => now,
      pollBatch: 5,
      batch: 3,
      queueCapacity: 4,
      useOutbox: false,
    }),
  )
  const region = openRegion(world.buffer)
  const { framework, generatorWord } = world.layout
  region.words[generatorWord + 1] = requests
  const channel = new Channel(region, framework.channel, replicas)
  const writer = new LogWriter(path, {
    shape: registerShape,
    firstIndex: (start.index ?? 0) | 0,
    digestStride: registerStride,
    description: JSON.stringify({ firstNumber: world.layout.firstNumber }),
  })
  const recorder = new LogRecorder(region, framework, channel, writer)
  const running = [...opened]
  const step = () => {
    now = (now + random.below(10)) | 0
    const choice = random.below(replicas + 1)
    if (choice === replicas) recorder.doWork()
    else running[choice]?.replica.doWork()
    if (running.length === replicas && (region.words[generatorWord] as number) >= removeAfter) {
      running.shift()
      channel.remove(0)
    }
  }
  while (region.words[generatorWord] !== requests) step()
  channel.close()
  while (!running.every(({ replica }) => replica.isFinished)) step()
  for (const { replica } of running) replica.recordFinalDigest()
  while (!recorder.isFinished) recorder.doWork()
  recorder.finish()
}

/** A domain in the state in which the recorded ones started. */
export function openRegister(words: Int32Array, description: string): RegisterDomain {
  const { firstNumber } = JSON.parse(description) as { firstNumber: number }
  const region = { ...openRegion(new SharedArrayBuffer(128)), words }
  return new RegisterDomain({ region, queueCapacity: 8, firstNumber, logWord: 0, logCount: 1 })
}

/** A domain whose state changes by itself when it has applied a number of requests. */
export class FaultyDomain implements ReplayedDomain {
  readonly actions: ReplayedDomain['actions']
  readonly #domain: ReplayedDomain
  readonly #fault: () => void
  #left: number

  constructor(domain: ReplayedDomain, afterRequests: number, fault: () => void) {
    this.actions = domain.actions
    this.#domain = domain
    this.#fault = fault
    this.#left = afterRequests
  }

  apply(slot: number): void {
    this.#domain.apply(slot)
    this.#left -= 1
    if (this.#left === 0) this.#fault()
  }

  hasMore(): boolean {
    return this.#domain.hasMore()
  }

  resume(): void {
    this.#domain.resume()
  }

  digest(): number {
    return this.#domain.digest()
  }

  copyState(target: Int32Array): void {
    this.#domain.copyState(target)
  }
}
