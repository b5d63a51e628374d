/** Puts together what records a stack: on a thread of its own over a channel, or on the only thread there is. */
import { Channel } from '../../dominoes/channel/channel.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { LogRecorder } from '../../dominoes/log/recorder.ts'
import { RecordingDomain } from '../../dominoes/log/recording-domain.ts'
import { LogWriter } from '../../dominoes/log/writer.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import type { StackParameters } from '../options.ts'
import type { RecordTask } from './recorder.ts'
import { describeStackLog, stackLogShape } from './stack-log.ts'

/** What the recorder's thread does first; the simulator does the same. Throws LogError if the file cannot be written. */
export function openRecorder({ buffer, layout, parameters, path }: RecordTask): LogRecorder {
  const region = openRegion(buffer)
  const { channel: channelLayout, digests } = layout.framework
  const channel = new Channel(region, channelLayout, channelLayout.replicas)
  const firstIndex = channel.positionOf(channelLayout.replicas)
  const writer = openWriter(path, parameters, firstIndex, digests.stride)
  return new LogRecorder(region, layout.framework, channel, writer)
}

/** For a stack of one thread: undefined if it is not to be recorded. Throws LogError if the file cannot be written. */
export function recordDomain(
  domain: Domain,
  words: Int32Array,
  parameters: StackParameters,
): RecordingDomain | undefined {
  const { recordPath, digestStride } = parameters
  if (recordPath === undefined) return undefined
  const firstIndex = 0
  const writer = openWriter(recordPath, parameters, firstIndex, digestStride)
  return new RecordingDomain(domain, { words, writer, firstIndex, digestStride })
}

function openWriter(
  path: string,
  parameters: StackParameters,
  firstIndex: number,
  digestStride: number,
): LogWriter {
  const description = describeStackLog(parameters)
  return new LogWriter(path, { shape: stackLogShape, firstIndex, digestStride, description })
}
