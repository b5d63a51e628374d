import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { mapIpv4, writeIpv4Mapped } from '../../wire/address.ts'
import { defineRecord } from '../../wire/record.ts'
import { senderKinds } from '../senders/kinds.ts'
import { newreno } from '../tcp/congestion/newreno.ts'
import { testConfig } from '../testing/host.ts'
import { advanceClock } from './clock.ts'
import { Core, selectConnection } from './core.ts'
import { stateWords } from './layout.ts'
import { insertTuple, lookupTuple, removeTuple } from './tuple-hash.ts'

function makeCore(connectionCount = 8): Core {
  const config = { ...testConfig, connectionCount, segmentCount: 2 }
  const state = new Int32Array(stateWords(config))
  return new Core(config, new Int32Array(128), state, new ActionQueue(64), newreno, senderKinds)
}

describe('a record', () => {
  const record = defineRecord({ first: 'a word', table: ['three words', 3], last: 'another' })

  it('puts fields one after another, tables included', () => {
    expect(record.words).toBe(5)
    expect(record.offsets).toEqual({ first: 0, table: 1, last: 4 })
  })

  it('reads and writes through a cursor that can be moved', () => {
    const words = new Int32Array(20)
    const cursor = record.cursor(words, 5)
    cursor.first = -7
    cursor.last = 9
    cursor.at = 10
    cursor.first = 3
    expect([...words.subarray(5, 11)]).toEqual([-7, 0, 0, 0, 9, 3])
    expect(cursor.table).toBe(11)
    expect(record.read(words, 5)).toEqual({ first: -7, table: 0, last: 9 })
  })
})

describe('the tuple hash', () => {
  it('finds what was inserted and nothing else, after any order of removals', () => {
    const count = 500
    const core = makeCore(count)
    const random = new Random(42)
    const present = new Set<number>()
    const portOf = (index: number): number => 1000 + index
    for (let step = 0; step < 5000; step += 1) {
      const index = random.below(count)
      selectConnection(core, index)
      if (present.has(index)) {
        removeTuple(core, index + 1)
        present.delete(index)
      } else {
        writeIpv4Mapped(core.state, core.tcb.remoteAddress, index % 3)
        core.tcb.remotePort = portOf(index)
        core.tcb.localPort = 80
        insertTuple(core, index + 1)
        present.add(index)
      }
      const probe = random.below(count)
      const expected = present.has(probe) ? probe + 1 : 0
      const address = Int32Array.from(mapIpv4(probe % 3))
      expect(lookupTuple(core, address, 0, portOf(probe), 80)).toBe(expected)
    }
  })

  it('ignores the removal of what is not there', () => {
    const core = makeCore()
    removeTuple(core, 1)
    expect(lookupTuple(core, new Int32Array(4), 0, 0, 0)).toBe(0)
  })
})

describe('the clock', () => {
  it('counts milliseconds over the wrap of its microseconds', () => {
    const core = makeCore()
    advanceClock(core, 0x7fffff00)
    const { millis } = core.globals
    advanceClock(core, (0x7fffff00 + 5_500) | 0)
    advanceClock(core, (0x7fffff00 + 10_000) | 0)
    expect(core.globals.millis - millis).toBe(10)
  })

  it('does not go back when stamps are a little out of order', () => {
    const core = makeCore()
    advanceClock(core, 10_000)
    advanceClock(core, 9_000)
    expect(core.now).toBe(10_000)
    advanceClock(core, 11_000)
    expect(core.now).toBe(11_000)
  })

  it('goes on after an hour of silence', () => {
    const core = makeCore()
    advanceClock(core, 0)
    advanceClock(core, (3_600_000_000 | 0) as number)
    expect(core.now).toBe(3_600_000_000 | 0)
  })
})
