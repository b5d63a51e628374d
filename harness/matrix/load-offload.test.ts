import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { changed, refusal } from './testing/refusal.ts'

const mistakes: readonly (readonly [name: string, files: Record<string, unknown>, said: string])[] = [
  [
    'offload on an impaired path',
    changed({
      cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], offload: ['on'], impairment: [{}] }],
    }),
    'small.ts: cells[0].offload: "on" together with an impaired path',
  ],
  [
    'what the kernel is to cut, where the wire is a TAP',
    changed({ cells: [{ strategy: ['sequential'], payloadWork: ['checksum'], offload: ['gso'] }] }),
    'and a TAP is the wire itself (use veth-packet or veth-packet-ring there)',
  ],
  [
    'what the kernel is to cut, where nothing is sent',
    changed({
      cells: [
        {
          strategy: ['sequential'],
          payloadWork: ['checksum'],
          topology: ['veth-packet'],
          direction: ['receive'],
          offload: ['gso'],
        },
      ],
    }),
    'our stack sends no stream over TCP there (set offload to "off" there)',
  ],
  [
    'that the kernel cuts for its own TCP',
    changed({ cells: [{ strategy: ['linux'], topology: ['veth'], offload: ['gso'] }] }),
    'small.ts: cells[0].offload: "gso" is how our stack uses the kernel below it',
  ],
  [
    'payload that nobody touches, where it only arrives',
    changed({
      cells: [{ strategy: ['sequential'], payloadWork: ['none'], direction: ['receive'] }],
      workload: { ...smallDefinition.workload, transferBytes: { none: 1000 }, warmupBytes: { none: 1000 } },
    }),
    'without offloads our stack has to look at every byte that arrives (use copy there, or set offload to "on")',
  ],
  [
    'payload that nobody touches, where it has to be summed',
    changed({
      cells: [{ strategy: ['sequential'], payloadWork: ['none'] }],
      workload: { ...smallDefinition.workload, transferBytes: { none: 1000 }, warmupBytes: { none: 1000 } },
    }),
    'our stack has to sum every byte that it sends (use checksum there, or set offload to "on" or "gso")',
  ],
  [
    'payload that nobody touches, where it goes both ways',
    changed({
      cells: [
        { strategy: ['sequential'], payloadWork: ['none'], topology: ['veth-packet'], offload: ['gso'] },
      ],
      workload: { kind: 'bidirectional', transferBytes: { none: 1000 }, warmupBytes: { none: 1000 } },
    }),
    'without offloads our stack has to look at every byte that arrives',
  ],
  [
    'payload that nobody touches, where requests and responses go',
    changed({
      cells: [
        { strategy: ['sequential'], payloadWork: ['none'], role: ['server'], messageBytes: [64], depth: [1] },
      ],
      workload: { kind: 'request-response', seconds: 1, warmupSeconds: 1 },
    }),
    'without offloads our stack has to look at every byte that arrives',
  ],
  [
    'payload that is to be read to its place by a thread that does not know it',
    changed({
      cells: [
        {
          strategy: ['sharded'],
          replicas: [2],
          payloadWork: ['none'],
          direction: ['receive'],
          offload: ['on'],
        },
      ],
      workload: { ...smallDefinition.workload, transferBytes: { none: 1000 }, warmupBytes: { none: 1000 } },
    }),
    'cannot know where payload belongs, and copies (use copy there)',
  ],
]

test.each(mistakes)('of offloads, %s is refused', async (_name, files, said) => {
  expect((await refusal(files)).message).toContain(said)
})
