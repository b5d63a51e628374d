/** Snapshots of a stack for tests. */
import type { LiveSnapshot } from '../live-file.ts'

type Counters = LiveSnapshot['counters']

const thread: Counters['perThread'][number] = {
  framesIn: 0,
  framesOut: 0,
  framesRefused: 0,
  idleRounds: 0,
  yields: 0,
  sleeps: 0,
  longestCycleMicros: 0,
  longestCycleEverMicros: 0,
  acksSuperseded: 0,
  fragmentsIn: 0,
  fragmentsRefused: 0,
  datagramsReassembled: 0,
  reassemblyFailed: 0,
  pollingMicros: 0,
}

export function snapshot(at: number, counters: Partial<Counters> = {}): LiveSnapshot {
  return {
    version: 1,
    at,
    pid: 7,
    title: 'replicated ×2, cipher',
    counters: {
      digestsCompared: 0,
      divergences: 0,
      digestsMissed: 0,
      protocol: {},
      perReplica: [{}, {}],
      perThread: [thread, thread],
      framesIn: 0,
      framesOut: 0,
      framesRefused: 0,
      note: '',
      ring: { occupied: 3, slots: 1024 },
      bytesSent: 0,
      bytesReceived: 0,
      ...counters,
    },
  }
}

export function threadCounters(
  changes: Partial<Counters['perThread'][number]>,
): Counters['perThread'][number] {
  return { ...thread, ...changes }
}
