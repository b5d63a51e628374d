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

export interface SenderOptions extends FlowOptions {
  /** How long to send, if it is not stopped before. */
  readonly seconds: number
  /** Look at the windows of the connection so often. Default: never. */
  readonly traceMillis?: number
}

export function sender(options: SenderOptions): PeerProgram<SenderTold> {
  const { seconds, traceMillis } = options
  const argv = [...flowArguments(options), ...given('seconds', seconds), ...given('trace', traceMillis)]
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
