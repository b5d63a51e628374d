/** A thread that records the channel of a register world, or that replays a log of one. */
import { workerData } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import { LogRecorder, runRecorder } from '../log/recorder.ts'
import { type ReplayTask, runReplayed } from '../log/replay.ts'
import { LogWriter } from '../log/writer.ts'
import { openRegion } from '../memory/region.ts'
import { openRegister, registerShape } from './recorded-world.ts'
import type { RegisterWorld } from './register-world.ts'

export type RecorderWorkerData =
  | { readonly record: RegisterWorld; readonly path: string }
  | { readonly replay: ReplayTask; readonly description: string; readonly failAt?: number }

const data = workerData as RecorderWorkerData
if ('record' in data) record(data.record, data.path)
else replay(data)

function record({ buffer, layout }: RegisterWorld, path: string): void {
  const region = openRegion(buffer)
  const { channel: channelLayout, digests } = layout.framework
  const channel = new Channel(region, channelLayout, channelLayout.replicas)
  const writer = new LogWriter(path, {
    shape: registerShape,
    firstIndex: channel.positionOf(channelLayout.replicas),
    digestStride: digests.stride,
    description: JSON.stringify({ firstNumber: layout.firstNumber }),
  })
  runRecorder(new LogRecorder(region, layout.framework, channel, writer))
}

function replay({ replay, description, failAt }: Extract<RecorderWorkerData, { replay: ReplayTask }>): void {
  runReplayed(replay, (words) => {
    const domain = openRegister(words, description)
    let left = failAt ?? -1
    const apply = domain.apply.bind(domain)
    domain.apply = (slot) => {
      left -= 1
      if (left === 0) throw new Error('this replica fails')
      apply(slot)
    }
    return domain
  })
}
