/**
 * Nanoseconds per 1448-byte segment for each kind of payload work, by how far source and destination are apart
 * in alignment. Run: node stack/payload/payload.bench.ts
 */
import { openRegion } from '../dominoes/memory/region.ts'
import { createPayloadWork, payloadWorkKinds } from './payload-work.ts'

const segmentBytes = 1448
const region = openRegion(new SharedArrayBuffer(1 << 20))
const from = 0
const to = 1 << 19

function nanosPerCall(call: () => void, count: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 7; round++) {
    const start = process.hrtime.bigint()
    for (let k = 0; k < count; k++) call()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / count)
  }
  return best
}

const columns = [
  ['same to 8', 0],
  ['same to 4', 4],
  ['apart by 2', 2],
  ['apart by 1', 1],
] as const
console.log(['ns per segment', ...columns.map(([name]) => name)].map((text) => text.padStart(14)).join(''))
for (const kind of payloadWorkKinds) {
  const work = createPayloadWork(kind, region)
  const count = kind === 'cipher' ? 2_000 : 100_000
  const cells = columns.flatMap(([, apart]) => [
    nanosPerCall(() => work.copyOut(from, to + apart, segmentBytes, 0, 0), count),
  ])
  console.log(kind.padStart(14) + cells.map((nanos) => nanos.toFixed(0).padStart(14)).join(''))
}
