/**
 * The list of workloads, by name. A workload has a specification, a side that takes its samples (on this machine), and
 * a side that runs in the stack's container; each side is loaded only where it is needed.
 */
import { z } from 'zod'
import { besideLinux } from './beside-linux/specification.ts'
import { bidirectional } from './bidirectional/specification.ts'
import { bulk } from './bulk/specification.ts'
import { channel } from './channel/specification.ts'
import { ctp } from './ctp/specification.ts'
import { datagrams } from './datagrams/specification.ts'
import type { HostSide } from './host-side.ts'
import { http } from './http/specification.ts'
import { iperf3 } from './iperf3/specification.ts'
import { model } from './model/specification.ts'
import { openLoop } from './open-loop/specification.ts'
import { reordering } from './reordering/specification.ts'
import { requestResponse } from './request-response/specification.ts'
import { senderWindows } from './sender-windows/specification.ts'
import type { Specification } from './specification.ts'
import type { StackSide } from './stack-side.ts'
import { windows } from './windows/specification.ts'

export interface Workload {
  readonly specification: Specification
  hostSide(): Promise<HostSide>
  stackSide(): Promise<StackSide>
}

const workloads: Readonly<Record<WorkloadSettings['kind'], Workload>> = {
  'beside-linux': {
    specification: besideLinux,
    hostSide: async () => (await import('./beside-linux/host-side.ts')).hostSide,
    stackSide: async () => (await import('./beside-linux/stack-side.ts')).stackSide,
  },
  bidirectional: {
    specification: bidirectional,
    hostSide: async () => (await import('./bidirectional/host-side.ts')).hostSide,
    stackSide: async () => (await import('./bidirectional/stack-side.ts')).stackSide,
  },
  bulk: {
    specification: bulk,
    hostSide: async () => (await import('./bulk/host-side.ts')).hostSide,
    stackSide: async () => (await import('./bulk/stack-side.ts')).stackSide,
  },
  channel: {
    specification: channel,
    hostSide: async () => (await import('./channel/host-side.ts')).hostSide,
    stackSide: async () => (await import('./channel/stack-side.ts')).stackSide,
  },
  ctp: {
    specification: ctp,
    hostSide: async () => (await import('./ctp/host-side.ts')).hostSide,
    stackSide: async () => (await import('./ctp/stack-side.ts')).stackSide,
  },
  datagrams: {
    specification: datagrams,
    hostSide: async () => (await import('./datagrams/host-side.ts')).hostSide,
    stackSide: async () => (await import('./datagrams/stack-side.ts')).stackSide,
  },
  http: {
    specification: http,
    hostSide: async () => (await import('./http/host-side.ts')).hostSide,
    stackSide: async () => (await import('./http/stack-side.ts')).stackSide,
  },
  iperf3: {
    specification: iperf3,
    hostSide: async () => (await import('./iperf3/host-side.ts')).hostSide,
    stackSide: async () => (await import('./iperf3/stack-side.ts')).stackSide,
  },
  model: {
    specification: model,
    hostSide: async () => (await import('./model/host-side.ts')).hostSide,
    stackSide: async () => (await import('./model/stack-side.ts')).stackSide,
  },
  'open-loop': {
    specification: openLoop,
    hostSide: async () => (await import('./open-loop/host-side.ts')).hostSide,
    // The same server, however its client makes requests.
    stackSide: async () => (await import('./request-response/stack-side.ts')).stackSide,
  },
  reordering: {
    specification: reordering,
    hostSide: async () => (await import('./reordering/host-side.ts')).hostSide,
    stackSide: async () => (await import('./reordering/stack-side.ts')).stackSide,
  },
  'request-response': {
    specification: requestResponse,
    hostSide: async () => (await import('./request-response/host-side.ts')).hostSide,
    stackSide: async () => (await import('./request-response/stack-side.ts')).stackSide,
  },
  windows: {
    specification: windows,
    hostSide: async () => (await import('./windows/host-side.ts')).hostSide,
    stackSide: async () => (await import('./windows/stack-side.ts')).stackSide,
  },
  'sender-windows': {
    specification: senderWindows,
    hostSide: async () => (await import('./sender-windows/host-side.ts')).hostSide,
    stackSide: async () => (await import('./sender-windows/stack-side.ts')).stackSide,
  },
}

/** The field `workload` of an experiment. */
export const settingsSchema = z.discriminatedUnion('kind', [
  besideLinux.settings,
  bidirectional.settings,
  bulk.settings,
  channel.settings,
  ctp.settings,
  datagrams.settings,
  http.settings,
  iperf3.settings,
  model.settings,
  openLoop.settings,
  reordering.settings,
  requestResponse.settings,
  windows.settings,
  senderWindows.settings,
])

export type WorkloadSettings = z.infer<typeof settingsSchema>
export type WorkloadName = WorkloadSettings['kind']

export const workloadNames = Object.keys(workloads) as WorkloadName[]
export const workloadSchema = z.enum(workloadNames)

export function workloadOf(name: WorkloadName): Workload {
  return workloads[name]
}

/** The specification of the workload that an experiment names. */
export function specificationOf({ kind }: Pick<WorkloadSettings, 'kind'>): Specification {
  return workloads[kind].specification
}
