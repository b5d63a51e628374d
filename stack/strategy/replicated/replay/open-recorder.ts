/** Puts a recorder together over a stack's region: what its thread does first; the simulator does the same. */
import { Channel } from '../../../dominoes/channel/channel.ts'
import { LogRecorder } from '../../../dominoes/log/recorder.ts'
import { LogWriter } from '../../../dominoes/log/writer.ts'
import { openRegion } from '../../../dominoes/memory/region.ts'
import type { RecordTask } from './recorder.ts'
import { describeStackLog, stackLogShape } from './stack-log.ts'

/** Throws LogError if the file cannot be written. */
export function openRecorder({ buffer, layout, parameters, path }: RecordTask): LogRecorder {
  const region = openRegion(buffer)
  const { channel: channelLayout, digests } = layout.framework
  const channel = new Channel(region, channelLayout, channelLayout.replicas)
  const writer = new LogWriter(path, {
    shape: stackLogShape,
    firstIndex: channel.positionOf(channelLayout.replicas),
    digestStride: digests.stride,
    description: describeStackLog(parameters),
  })
  return new LogRecorder(region, layout.framework, channel, writer)
}
