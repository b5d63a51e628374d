import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makePattern, patternBytes, StreamPattern } from '../../content/stream-pattern.ts'
import { paths } from '../../topology/node.ts'
import { testDeployments } from '../../topology/testing/deployments.ts'

const tests = testDeployments()

/** Of each content, how much `received.py` finds as it has to be; the content is a file in the shared directory. */
const script = `
import json, shutil, sys
import received
for each in json.loads(sys.argv[1]):
    shutil.copy(each["file"], received.PATH)
    print(received.verified(each["counted"], each["streams"], each["pattern"], each["block"]))
`

interface Content {
  readonly bytes: Uint8Array
  readonly counted: number
  readonly streams?: number
  readonly repeating?: boolean
}

const pattern = new StreamPattern(makePattern())
const total = 2 * patternBytes + 1000
const whole = Buffer.concat([0, 1, 2].map((k) => pattern.at(k * patternBytes, k < 2 ? patternBytes : 1000)))
const blockBytes = 8192 + 3
const block = Buffer.alloc(blockBytes, '0123456789')
/** The second block was written in two. */
const digits = Buffer.concat([block, block.subarray(0, 5000), block.subarray(0, blockBytes - 5000), block])

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ 0x80
  return copy
}

const contents: readonly (readonly [Content, number])[] = [
  [{ bytes: whole, counted: total }, total],
  // Bytes that arrived when the test was over are in the file, and do not count.
  [{ bytes: whole, counted: total - 500 }, total - 500],
  [{ bytes: changed(whole, 1_500_000), counted: total }, 1_500_000],
  [{ bytes: whole.subarray(0, total - 1), counted: total }, total - 1],
  [{ bytes: Buffer.concat([whole.subarray(0, 9000), whole.subarray(10_448)]), counted: total }, 9000],
  // Two streams that are alike, in one file.
  [{ bytes: whole, counted: 2 * total, streams: 2 }, 2 * total],
  [{ bytes: changed(whole, 100), counted: 2 * total, streams: 2 }, 100],
  [{ bytes: digits, counted: digits.length, repeating: true }, digits.length],
  [{ bytes: changed(digits, 20_000), counted: digits.length, repeating: true }, 20_000],
  [{ bytes: Buffer.alloc(digits.length), counted: digits.length, repeating: true }, 0],
]

test('what iperf3 received is compared byte for byte', async () => {
  const { node } = await tests.deploy('veth', { offloads: 'off' })
  await writeFile(join(tests.directory, 'pattern'), makePattern())
  const asked = await Promise.all(
    contents.map(async ([{ bytes, counted, streams = 1, repeating = false }], number) => {
      await writeFile(join(tests.directory, `content-${number}`), bytes)
      return {
        file: `${paths.shared}/content-${number}`,
        counted,
        streams,
        pattern: repeating ? null : `${paths.shared}/pattern`,
        block: blockBytes,
      }
    }),
  )
  const path = `PYTHONPATH=${paths.peerPrograms}:${paths.workloads}/iperf3`
  const done = await node('peer').exec(['env', path, 'python3', '-c', script, JSON.stringify(asked)])
  expect(done.stderr).toBe('')
  expect(done.stdout.trim().split('\n').map(Number)).toEqual(contents.map(([, verified]) => verified))
})
