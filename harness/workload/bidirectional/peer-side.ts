/** Both directions at once at a Linux host: one program for either end. */
import { given, type MeetingOptions, meetingArguments, type PeerProgram } from '../../peers/peer-process.ts'
import { paths } from '../../topology/node.ts'
import { type Told, toldSchema } from './task.ts'

export interface BothWaysOptions extends MeetingOptions {
  /** The bytes to send and to expect, as the node sees them: a file that is repeated, or the whole stream. */
  readonly content: { readonly pattern: string } | { readonly file: string }
  /** Of each direction. */
  readonly bytes: number
}

export function bothWays(options: BothWaysOptions): PeerProgram<Told> {
  const { content, bytes } = options
  return {
    file: `${paths.workloads}/bidirectional/both_ways.py`,
    argv: [
      ...meetingArguments(options),
      ...('pattern' in content ? given('pattern', content.pattern) : given('file', content.file)),
      ...given('bytes', bytes),
    ],
    result: toldSchema,
    listens: 'listen' in options.meet,
  }
}
