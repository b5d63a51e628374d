/**
 * The public surface of the stack: what programs outside this folder may use. Everything runs from source.
 */

export { DeviceError } from './device/device.ts'
export { openPacketRing } from './device/kernel/packet-ring/packet-ring.ts'
export { openPacketSocket, type PacketOffload } from './device/kernel/packet-socket.ts'
export { openTap } from './device/kernel/tap.ts'
export type { ImpairmentOption } from './device/wrappers/impaired-path/impairment-option.ts'
export { LogError } from './dominoes/log/error.ts'
export type { ReplayDivergence } from './dominoes/log/replayer.ts'
export { type ChannelRunOptions, type ChannelRunResult, runChannel } from './dominoes/model/run-channel.ts'
export { type ModelOptions, type ModelResult, runModel } from './dominoes/model/run-model.ts'
export type { MicroprotocolName } from './protocol/ctp/composition.ts'
export { Connection } from './socket/connection.ts'
export {
  type Datagram,
  type DatagramAddress,
  DatagramSocket,
  type OutgoingDatagram,
} from './socket/datagram-socket.ts'
export { ConnectionDuplex } from './socket/duplex.ts'
export { SocketError, type SocketReason } from './socket/errors.ts'
export { Listener } from './socket/listener.ts'
export type { StackOptions } from './socket/options.ts'
export { createStack, Stack, type StackCounters } from './socket/stack.ts'
export { Stream } from './socket/stream.ts'
export { runLockedModel } from './strategy/locked/model/run-locked-model.ts'
export type { DeviceOption, PayloadWorkOption, StrategyOption } from './strategy/options.ts'
export {
  type InsideConnection,
  type InsideRow,
  type InsideTrace,
  type InsideVariable,
  insideVariables,
  traceInside,
} from './strategy/replay/inside-trace.ts'
export {
  pinDivergence,
  replayStackLog,
  type StackReplayReport,
} from './strategy/replay/replay-stack.ts'
export { DivergenceError } from './strategy/replicated/divergence/error.ts'
export type { CrewControl, CrewEvent, StackReport } from './strategy/running/running-stack.ts'
