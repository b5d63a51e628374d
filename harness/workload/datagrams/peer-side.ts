/** Numbered datagrams at a Linux host: the sender's and the receiver's program. */
import { given, meetingArguments, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import {
  type DatagramTask,
  type ReceiverTold,
  receiverSchema,
  type SenderTold,
  senderSchema,
} from './task.ts'

/** Sends to the task's port at this address. */
export function sender(task: DatagramTask, to: string, timeoutSeconds: number): PeerProgram<SenderTold> {
  const meet = { connect: `${to}:${task.port}` }
  return {
    file: `${paths.workloads}/datagrams/sender.py`,
    argv: [...meetingArguments({ meet, timeoutSeconds }), ...common(task)],
    result: senderSchema,
    listens: false,
  }
}

export function receiver(task: DatagramTask, timeoutSeconds: number): PeerProgram<ReceiverTold> {
  const meet = { listen: task.port }
  return {
    file: `${paths.workloads}/datagrams/receiver.py`,
    argv: [
      ...meetingArguments({ meet, timeoutSeconds }),
      ...common(task),
      ...given('quiet', task.quietSeconds),
    ],
    result: receiverSchema,
    listens: true,
  }
}

function common(task: DatagramTask): string[] {
  return [
    ...given('pattern', task.patternPath),
    ...given('bytes', task.datagramBytes),
    ...given('offered', task.offeredPerSecond),
    ...given('window', task.windowDatagrams),
    ...given('settle', task.settlingSeconds),
    ...given('seconds', task.seconds),
  ]
}
