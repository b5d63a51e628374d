import { expect, test } from 'vitest'
import { experimentsFolder } from '../cli/paths.ts'
import { smallDefinition, smallPlan } from '../testing/fixtures.ts'
import { loadExperiment, loadExperiments } from './load.ts'
import { changed, folderWith, refusal } from './testing/refusal.ts'

const model = { kind: 'model', requests: 1000, warmupRequests: 1000 }
const datagrams = { workload: { kind: 'datagrams', seconds: 1, warmupSeconds: 1 } }
const sent = { direction: ['send'], datagramBytes: [1472], offeredPerSecond: [0] }

test('the experiments of the project are valid', async () => {
  const experiments = await loadExperiments(experimentsFolder)
  expect(experiments.map((experiment) => experiment.id)).toEqual(
    expect.arrayContaining(['tcp-receive', 'tcp-send']),
  )
})

test('a valid folder loads, and other files in it do not matter', async () => {
  const folder = await folderWith({ 'small.ts': smallDefinition, 'README.md': 'text' })
  expect((await loadExperiments(folder)).map((experiment) => experiment.id)).toEqual(['small'])
})

const mistakes: readonly (readonly [name: string, files: Record<string, unknown>, ...said: string[]])[] = [
  ['an unknown field', changed({ colour: 'blue' }), 'small.ts: colour: unknown field'],
  [
    'an unknown factor',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['copy'], speed: [1] }] }),
    'small.ts: cells[0].speed: unknown factor (known are strategy, replicas, payloadWork,',
  ],
  [
    'an unknown value',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['encrypt'] }] }),
    'small.ts: cells[0].payloadWork[0]: unknown value "encrypt" (use one of "checksum", "copy", "cipher", "none")',
  ],
  [
    'more requests at once than a channel holds',
    changed({
      workload: { kind: 'channel', requests: 1000, warmupRequests: 1000 },
      cells: [
        { strategy: ['replicated'], replicas: [1], idle: ['park'], slotCount: [8], publishBatch: [16] },
      ],
    }),
    'publishes more requests at once than its channel holds (list a publishBatch of at most slotCount)',
  ],
  [
    'waiting of threads where nobody waits',
    changed({
      workload: model,
      cells: [{ strategy: ['replicated'], replicas: [1], workRatio: [0.5], idle: ['park'] }],
    }),
    'small.ts: cells[0].idle: means nothing to workload "model"',
  ],
  ['a missing field', changed({ question: undefined }), 'small.ts: question: missing (experiments/README.md'],
  [
    'a missing strategy',
    changed({ cells: [{ payloadWork: ['copy'] }] }),
    'small.ts: cells[0].strategy: missing',
  ],
  ['an empty list', changed({ cells: [] }), 'small.ts: cells:'],
  [
    'many connections with many replicas',
    changed({
      cells: [
        { strategy: ['replicated'], replicas: [2, 9], payloadWork: ['checksum'], connections: [1, 65] },
      ],
    }),
    'small.ts: cells[0].connections: more than 64 together with more than 8 replicas or workers do not fit',
  ],
  [
    'a transfer of next to nothing on each connection',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['cipher'], connections: [64] }] }),
    'small.ts: workload.transferBytes: less than 65536 bytes for each of 64 connections (give at least 4194304,',
  ],
  [
    'a schedule of no requests',
    changed({
      workload: { kind: 'open-loop', seconds: 1, warmupSeconds: 1 },
      cells: [{ strategy: ['sequential'], payloadWork: ['copy'], messageBytes: [1], offeredPerSecond: [0] }],
    }),
    'small.ts: cells: cell "sequential-copy-message-1-offered-0-tap" offers no request (list rates above 0',
  ],
  [
    'predictions of what the virtual cores do not model',
    changed({ workload: { ...smallDefinition.workload, direction: 'receive' }, predictions: smallPlan }),
    'small.ts: workload: the virtual cores model bulk transfers that send, and nothing else',
  ],
  [
    'an unknown field of a plan',
    changed({ predictions: { ...smallPlan, cores: 4 } }),
    'small.ts: predictions.cores: unknown field',
  ],
  ['too few rounds', changed({ rounds: { full: 3, quick: 1 } }), 'small.ts: rounds.full: must be at least 7'],
  ['an id that is not kebab-case', changed({ id: 'Small One' }), 'small.ts: id: must be kebab-case'],
  [
    'an id that is not the file name',
    { 'large.ts': smallDefinition },
    'large.ts: id: "small" is not the file\'s name (write "large", or rename the file to small.ts)',
  ],
  [
    'an id used twice',
    { 'other.ts': smallDefinition, 'small.ts': smallDefinition },
    'small.ts: id: "small" is also the id of',
    'other.ts',
  ],
  [
    'replicas for the sequential stack',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], replicas: [2] }] }),
    'small.ts: cells[0].replicas: means nothing to strategy "sequential" (give "sequential" a set of its own)',
  ],
  [
    'no replicas for the replicated stack',
    changed({ cells: [{ strategy: ['replicated'], payloadWork: ['checksum'] }] }),
    'small.ts: cells[0].replicas: missing for a strategy that works in parallel',
  ],
  [
    'a factor of another strategy',
    changed({
      cells: [
        {
          strategy: ['replicated', 'locked'],
          replicas: [1],
          emission: ['ordered'],
          payloadWork: ['checksum'],
        },
      ],
    }),
    'small.ts: cells[0].emission: is a factor of strategy "replicated" only',
  ],
  [
    'a ring that is no power of two',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], slotCount: [100] }] }),
    'small.ts: cells[0].slotCount[0]: must be a power of two',
  ],
  [
    'how a sender acknowledges',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], coalescing: ['off'] }] }),
    'has a coalescing, though our stack receives no data there (leave it out there)',
  ],
  [
    'no baseline',
    changed({ cells: [{ strategy: ['replicated'], replicas: [1], payloadWork: ['checksum'] }] }),
    'small.ts: baselines: cell "replicated-n1-checksum-tap" has 0 baselines "sequential", not one',
  ],
  [
    'no transfer size for a payload work',
    changed({ workload: { ...smallDefinition.workload, transferBytes: { checksum: 1000, linux: 1000 } } }),
    'small.ts: workload.transferBytes.cipher: missing, though cell "sequential-cipher-tap" needs it',
  ],
  [
    'a file without an experiment',
    { 'small.ts': 'export const x = 1\n' },
    'small.ts exports no `experiment`.',
  ],
  ...(
    [
      [{ traffic: ['send'] }, 'traffic: unknown factor'],
      [{ payloadWork: ['digest'] }, 'payloadWork[0]: unknown value "digest"'],
      [{ direction: ['both'] }, 'direction[0]: unknown value "both" (use one of "send", "receive")'],
      [
        { peer: ['replicated'] },
        'peer[0]: must be linux, sequential, or a strategy with its number of threads',
      ],
      [
        { strategy: ['linux'], topology: ['veth'], payloadWork: undefined, peer: ['sequential'] },
        'peer: means nothing to strategy "linux"',
      ],
      [{ segmentBytes: [100] }, 'segmentBytes[0]: Too small'],
      [{ connections: [1025] }, 'connections[0]: Too big'],
      [{ workRatio: [0.5] }, 'workRatio: means nothing to workload "bulk" (leave it out)'],
      [
        { strategy: ['linux'], topology: ['veth'], payloadWork: undefined, idle: ['park'] },
        'idle: means nothing to strategy "linux"',
      ],
      [
        { strategy: ['linux'], topology: ['veth'], payloadWork: undefined, impairment: [{}] },
        'impairment: means nothing to strategy "linux"',
      ],
      [
        { strategy: ['locked'], replicas: [2], slotCount: [64] },
        'slotCount: means nothing to strategy "locked"',
      ],
      [
        { strategy: ['replicated'], replicas: [2], claim: ['request'], chunk: [4] },
        'chunk: more than 1 together with claim "request"',
      ],
      [
        { strategy: ['replicated'], replicas: [2], disturbance: ['kill'], emission: ['ordered'] },
        'disturbance: replicas come and go only with the default claims',
      ],
      [
        { strategy: ['replicated'], replicas: [1, 2], disturbance: ['kill'] },
        'disturbance: the only replica cannot be killed',
      ],
      [
        { strategy: ['replicated'], replicas: [2], reader: ['per-queue'], impairment: [{}] },
        'reader: "per-queue" needs a TAP with queues',
      ],
      [
        { verification: ['trusted'], impairment: [{ corruptionProbability: 0.1 }] },
        'verification: "trusted" would deliver what the path corrupts',
      ],
      [{ impairment: [{ loss: 0.1 }] }, 'impairment[0].loss: unknown field (known are lossProbability,'],
      [{ impairment: [{ lossProbability: 0.9 }] }, 'impairment[0].lossProbability: Too big'],
      [{ impairment: [{ reorderProbability: 0.1 }] }, 'impairment[0].reorderDelayMicros:'],
      [{ impairment: [{ queueBytes: 10_000 }] }, 'impairment[0].rateBitsPerSecond:'],
    ] as const
  ).map(
    ([set, said]) =>
      [
        `a set with ${JSON.stringify(set)}`,
        changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], ...set }] }),
        `small.ts: cells[0].${said}`,
      ] as const,
  ),
  [
    'a workload that there is not',
    changed({ workload: { kind: 'bulky' } }),
    'small.ts: workload.kind: unknown value "bulky" (use one of "beside-linux", "bidirectional",',
  ],
  [
    'a field that the workload does not have',
    changed({ workload: { ...smallDefinition.workload, seconds: 2 } }),
    'small.ts: workload.seconds: unknown field (known are kind, direction, transferBytes, warmupBytes, offloadTimes)',
  ],
  [
    'a workload without a field that it has to have',
    changed({ workload: { kind: 'request-response', seconds: 1 } }),
    'small.ts: workload.warmupSeconds: missing',
  ],
  [
    'requests without a size',
    changed({
      workload: { kind: 'request-response', seconds: 1, warmupSeconds: 1 },
      cells: [{ strategy: ['sequential'], payloadWork: ['copy'], role: ['server'], depth: [1] }],
    }),
    'small.ts: cells[0].messageBytes: missing for workload "request-response" (list values of messageBytes)',
  ],
  [
    'datagrams that are enciphered',
    changed({
      ...datagrams,
      cells: [{ strategy: ['sequential'], payloadWork: ['cipher'], ...sent }],
    }),
    'small.ts: cells: cell "sequential-cipher-datagram-1472-offered-0-send-tap" asks for cipher, but datagrams are always copied and checksummed (use checksum)',
  ],
  [
    'datagrams that do not fit their link',
    changed({
      ...datagrams,
      cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], ...sent, segmentBytes: [1459] }],
    }),
    'datagrams that do not fit its link (use at most 1471 bytes there)',
  ],
  [
    'requests that are enciphered',
    changed({
      workload: { kind: 'request-response', seconds: 1, warmupSeconds: 1 },
      cells: [
        {
          strategy: ['sequential'],
          payloadWork: ['cipher'],
          role: ['server'],
          messageBytes: [1],
          depth: [1],
        },
      ],
    }),
    'would encipher a stream of unknown length, which nobody could compare (use checksum or copy)',
  ],
  [
    'requests without a network that have no share of work',
    changed({ workload: model, cells: [{ strategy: ['sequential'] }] }),
    'small.ts: cells[0].workRatio: missing for workload "model"',
  ],
  [
    'requests without a network for a strategy that has none',
    changed({ workload: model, cells: [{ strategy: ['sharded'], replicas: [2], workRatio: [0.5] }] }),
    'small.ts: cells[0].strategy: workload "model" has no cell "sharded" (use sequential, replicated, locked)',
  ],
  [
    'a topology that is not there',
    changed({ topology: 'tap-of-glass' }),
    'small.ts: topology.tap-of-glass: There is no topology "tap-of-glass". (known are dumbbell, dumbbell-linux, tap,',
  ],
  [
    'a topology of another strategy',
    changed({ topology: 'veth' }),
    'small.ts: topology.veth: cell "sequential-checksum-veth" needs a node "stack" of role "stack"',
  ],
  [
    'a topology without a Linux peer',
    changed({ topology: 'tap-pair' }),
    'small.ts: topology.tap-pair: cell "sequential-checksum-tap-pair" needs a node "peer" of role "linux"',
  ],
  [
    'a peer that is a stack, where there is none',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], peer: ['sequential'] }] }),
    'small.ts: topology.tap: cell "sequential-checksum-peer-sequential-tap" needs a node "peer" of role "stack"',
  ],
  [
    'a peer that is a stack, for a workload that has no task for it',
    changed({
      workload: { kind: 'request-response', seconds: 1, warmupSeconds: 1 },
      cells: [
        {
          strategy: ['sequential'],
          payloadWork: ['copy'],
          role: ['server'],
          messageBytes: [1],
          depth: [1],
          peer: ['sequential'],
        },
      ],
    }),
    'small.ts: cells[0].peer: means nothing to workload "request-response" (leave it out)',
  ],
  [
    'queues where there are none',
    changed({
      topology: 'veth-packet',
      cells: [
        { strategy: ['sequential'], payloadWork: ['checksum'] },
        { strategy: ['replicated'], replicas: [1], payloadWork: ['checksum'], reader: ['per-queue'] },
      ],
    }),
    'reads a queue of its own, and only a TAP has several (use tap there)',
  ],
  ['a file that does not parse', { 'small.ts': 'export const = 1\n' }, 'small.ts cannot be loaded'],
]

for (const [name, files, ...said] of mistakes) {
  test(`${name} is refused, naming file, field and remedy`, async () => {
    const error = await refusal(files)
    for (const words of said) expect(error.reason).toContain(words)
    expect(error.remedy).not.toBe('')
  })
}

test('one experiment is loaded whatever is wrong with others; one that does not exist says which do', async () => {
  const folder = await folderWith({ 'small.ts': smallDefinition, 'wrong.ts': 'export const experiment = {}' })
  expect(await loadExperiment(folder, 'small')).toMatchObject({ id: 'small' })
  await expect(loadExperiment(folder, 'wrong')).rejects.toThrow('wrong.ts')
  await expect(loadExperiment(folder, 'smal')).rejects.toMatchObject({
    reason: 'There is no experiment "smal".',
    remedy: 'Choose one of: small, wrong.',
  })
})
