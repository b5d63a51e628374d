/** The windows of a Linux host that sends to the stack over a slow link, for replicas and congestion controls. */
import { defineExperiment } from '../harness/matrix/define.ts'

const peerCongestion: ('cubic' | 'reno' | 'bbr')[] = ['cubic', 'reno', 'bbr']

export const experiment = defineExperiment({
  id: 'window-trace',
  title: 'Windows of a Linux sender',
  question:
    'How do congestion window, receive window and bytes in flight of a Linux host move when it sends to replicas, by its congestion control?',
  claim: {
    text: 'Replication changes who processes a connection, not how it behaves: an unmodified Linux host that sends to replicas fills its path, and no more than that.',
    source:
      'A consequence of replication that this project tests; the dissertation’s abstract says that protocol behaviour was studied',
  },
  topology: 'dumbbell',
  workload: { kind: 'sender-windows', seconds: 2, warmupSeconds: 0 },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'], peerCongestion },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], peerCongestion },
    { strategy: ['linux'], topology: ['dumbbell-linux'], peerCongestion: ['cubic'] },
  ],
  baselines: ['sequential'],
  // From a tenth of what link and queue hold to a third more than all of it: what is lost there was in flight, too.
  // The claim is about replicas: what one thread does is told beside them, for reference.
  verdict: {
    kind: 'measure-range',
    measure: 'flightBytes',
    low: 5000,
    high: 60_000,
    where: { strategy: ['replicated'] },
  },
  rounds: { full: 7, quick: 3 },
})
