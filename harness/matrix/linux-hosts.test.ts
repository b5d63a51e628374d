import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { complaintsAboutTopologies } from './complaints/of-topologies.ts'
import type { Definition } from './experiment.ts'
import { resolveDefinition, validate } from './load.ts'

const sequential = { strategy: ['sequential' as const], payloadWork: ['checksum' as const] }
const datagrams = { kind: 'datagrams', seconds: 1, warmupSeconds: 1 } as const

async function complaintAbout(changes: Partial<Definition>): Promise<string> {
  try {
    const experiment = resolveDefinition('x.ts', validate('x.ts', { ...smallDefinition, ...changes }))
    const [complaint] = await complaintsAboutTopologies(experiment)
    return complaint === undefined ? '' : `${complaint.problem} (${complaint.remedy})`
  } catch (error) {
    return (error as Error).message
  }
}

test.each<[string, Partial<Definition>, string]>([
  [
    'congestion control of one that sends nothing',
    { cells: [{ ...sequential, peerCongestion: ['bbr'] }] },
    'x.ts: cells: cell "sequential-checksum-linux-bbr-tap" has a peerCongestion, though only our stack sends there (leave it out there, or use direction "receive")',
  ],
  [
    'loss detection where there is none',
    {
      topology: 'tap-pair',
      cells: [{ ...sequential, direction: ['receive'], peer: ['sequential'], peerRecovery: ['2011'] }],
    },
    'x.ts: cells[0].peerRecovery: is of Linux hosts, and there is none where the peer is a stack (leave it out there)',
  ],
  [
    'congestion control without TCP',
    {
      workload: datagrams,
      cells: [
        {
          ...sequential,
          direction: ['send'],
          datagramBytes: [64],
          offeredPerSecond: [0],
          peerCongestion: ['reno'],
        },
      ],
    },
    'x.ts: cells[0].peerCongestion: means nothing to workload "datagrams" (leave it out)',
  ],
  [
    'two flows where there are hosts for one',
    { workload: { kind: 'beside-linux', seconds: 1, warmupSeconds: 0 }, cells: [sequential] },
    'cell "sequential-checksum-tap" needs a node "rival" of role "linux" (name another topology: dumbbell has the hosts of two flows)',
  ],
  [
    'two flows that are enciphered',
    {
      topology: 'dumbbell',
      workload: { kind: 'beside-linux', seconds: 1, warmupSeconds: 0 },
      cells: [{ ...sequential, payloadWork: ['cipher'] }],
    },
    'would encipher a stream of unknown length, which nobody could compare (use checksum or copy)',
  ],
])('Linux hosts of a cell: %s is refused, and the complaint says what to do', async (_, changes, said) => {
  expect(await complaintAbout(changes)).toContain(said)
})

test.each<[string, Partial<Definition>]>([
  [
    'a Linux peer that sends',
    {
      cells: [
        { ...sequential, direction: ['receive'], peerCongestion: ['reno', 'bbr'], peerRecovery: ['2011'] },
      ],
    },
  ],
  [
    'a Linux host in the place of the stack that sends',
    { topology: 'veth', cells: [{ strategy: ['linux'], peerCongestion: ['reno'] }] },
  ],
  [
    'both hosts of a flow beside the stack’s',
    {
      topology: 'dumbbell',
      workload: { kind: 'beside-linux', seconds: 1, warmupSeconds: 0 },
      cells: [{ ...sequential, peerCongestion: ['bbr'] }],
    },
  ],
])('Linux hosts of a cell: %s are accepted', async (_, changes) => {
  expect(await complaintAbout({ baselines: ['sequential'], ...changes })).toBe('')
})

test.each<[object, string]>([
  [{ measure: 'goodputMbps', low: 2, high: 1 }, 'x.ts: verdict.high: must be at least `low`'],
  [
    { measure: 'retransmits', low: 0, high: 1 },
    'x.ts: verdict.measure: unknown value "retransmits" (use one of "goodputMbps",',
  ],
])('a range %j is refused', async (range, said) => {
  const verdict = { kind: 'measure-range', ...range } as Definition['verdict']
  expect(await complaintAbout({ verdict })).toContain(said)
})
