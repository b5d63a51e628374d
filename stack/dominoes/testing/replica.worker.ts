/** A thread that runs one replica of the register domain until the channel is closed. */
import { workerData } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import { awaitAdmission } from '../membership/orders.ts'
import { openRegion } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import { createIdle, type IdleOptions } from '../replica/idle.ts'
import { runReplica } from '../replica/run-replica.ts'
import { openWorld, type RegisterWorld } from './register-world.ts'

export interface ReplicaWorkerData {
  readonly world: RegisterWorld
  readonly id: number
  readonly idle: IdleOptions
  /** Sleeps this long on every 64th look at the clock: a replica that keeps stalling. */
  readonly stallMillis: number
  readonly useOutbox: boolean
  /** Waits for a sponsor first. */
  readonly isNewcomer?: boolean
}

const { world, id, idle, stallMillis, useOutbox, isNewcomer } = workerData as ReplicaWorkerData
const region = openRegion(world.buffer)
const { framework, generatorWord } = world.layout
const doorbell = new Signal(region, framework.doorbellWord)
const nothing = new Int32Array(new SharedArrayBuffer(4))
let stalls = 0

if (isNewcomer === true) {
  awaitAdmission(region, framework.membership, new Channel(region, framework.channel, id), id)
}
const { replica, channel, mailbox } = openWorld(world, {
  id,
  nowMicros: () => {
    if (stallMillis > 0 && ++stalls % 64 === 0) Atomics.wait(nothing, 0, 0, stallMillis)
    return Math.trunc(performance.now() * 1000) | 0
  },
  pollBatch: 16,
  batch: 32,
  queueCapacity: 4,
  useOutbox,
  sleep: (micros) => {
    const token = doorbell.prepare()
    if (mailbox.size === 0 && !hasMoreToGenerate() && !channel.isClosing) doorbell.wait(token, micros)
  },
})
runReplica(replica, createIdle(idle, replica))

function hasMoreToGenerate(): boolean {
  return Atomics.load(region.words, generatorWord) < Atomics.load(region.words, generatorWord + 1)
}
