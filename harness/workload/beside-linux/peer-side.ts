/** Both ends of a flow at Linux hosts: of the one beside the stack, and of the stack's own where Linux is in its place. */
import { given, type MeetingOptions, meetingArguments, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { type ReceiverTold, receiverSchema, type SenderTold, senderSchema } from './task.ts'

export interface FlowOptions extends MeetingOptions {
  /** As the node sees it: a file whose bytes, repeated, are the stream. */
  readonly pattern: string
}

export function receiver(options: FlowOptions): PeerProgram<ReceiverTold> {
  return program('receiver.py', flowArguments(options), receiverSchema, options)
}

/** Sends for this number of seconds, or until it is stopped. */
export function sender(options: FlowOptions & { readonly seconds: number }): PeerProgram<SenderTold> {
  const argv = [...flowArguments(options), ...given('seconds', options.seconds)]
  return program('sender.py', argv, senderSchema, options)
}

function flowArguments(options: FlowOptions): string[] {
  return [...meetingArguments(options), ...given('pattern', options.pattern)]
}

function program<Result>(
  name: string,
  argv: readonly string[],
  result: PeerProgram<Result>['result'],
  { meet }: FlowOptions,
): PeerProgram<Result> {
  return { file: `${paths.workloads}/beside-linux/${name}`, argv, result, listens: 'listen' in meet }
}
