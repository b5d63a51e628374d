/**
 * What a log costs: nanoseconds per request to write and to read one, and bytes in the file, for the shape that the
 * network stack has and for whole slots. Prints two lines: `node stack/dominoes/log/log.bench.ts`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../device/random.ts'
import { SlotWord, slotHeadWords } from '../contract/slot.ts'
import { type LogShape, LogTag, wholeSlot } from './layout.ts'
import { LogReader } from './reader.ts'
import { LogWriter } from './writer.ts'

const requests = 500_000
const stride = 1024
const slotWords = SlotWord.head + slotHeadWords
const slotCount = 1024

const folder = mkdtempSync(join(tmpdir(), 'dominoes-log-'))
const words = new Int32Array(slotWords * slotCount)
const random = new Random(1)
for (let k = 0; k < words.length; k++) words[k] = random.next()

function measure(name: string, shape: LogShape): void {
  const path = join(folder, name)
  const startedAt = performance.now()
  const writer = new LogWriter(path, { shape, firstIndex: 0, digestStride: stride, description: '{}' })
  for (let index = 0; index < requests; index++) {
    writer.appendRequest(words, (index % slotCount) * slotWords, index)
    if ((index + 1) % stride === 0) writer.appendMark(index + 1, index)
  }
  writer.appendEnd(requests, 0)
  writer.close()
  const writtenAt = performance.now()
  const reader = new LogReader(path)
  let read = 0
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) if (tag === LogTag.request) read += 1
  reader.close()
  if (read !== requests) throw new Error(`${read} of ${requests} requests were read`)
  const nanos = (millis: number) => ((millis * 1e6) / requests).toFixed(0).padStart(5)
  const bytes = (statSync(path).size / requests).toFixed(0).padStart(4)
  const write = nanos(writtenAt - startedAt)
  console.log(
    `${name.padEnd(12)} write ${write} ns   read ${nanos(performance.now() - writtenAt)} ns   ${bytes} B a request`,
  )
}

measure('network', { argumentWords: 4, headWords: 29 })
measure('whole slot', wholeSlot)
rmSync(folder, { recursive: true })
