import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageHost, told, window } from '../testing/message-host.ts'
import type { MicroprotocolName } from './composition.ts'

const sets: readonly (readonly MicroprotocolName[])[] = [
  [],
  ['numbering'],
  ['numbering', 'ordering'],
  ['numbering', 'reliability'],
  ['numbering', 'ordering', 'reliability', 'congestion'],
]

/** Mostly near to what is expected; else anything. */
const near = fc.integer({ min: -3, max: window + 3 })
const far = fc.oneof({ weight: 8, arbitrary: near }, { weight: 1, arbitrary: fc.integer() })

const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ sends: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 8, arbitrary: fc.record({ hears: far }) },
  {
    weight: 6,
    arbitrary: fc.record({ next: far, edge: far, held: fc.array(fc.nat(window - 1), { maxLength: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ reads: fc.nat(window) }) },
  { weight: 3, arbitrary: fc.record({ passes: fc.integer({ min: 1, max: 3_000_000 }) }) },
)

/** The host's invariants are checked after every request. */
test.each(sets.map((set) => [set]))('whatever a peer sends to %j, the state stays in bounds', (names) => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const host = new MessageHost(names)
      const order: number[] = []
      for (const step of deeds) {
        const { receiveNext, sendOldest } = host.composite
        if ('sends' in step) host.send(step.sends)
        else if ('hears' in step) order.push(...told(host.hear((receiveNext + step.hears) | 0)))
        else if ('reads' in step) host.read((receiveNext - step.reads) | 0)
        else if ('passes' in step) order.push(...told(host.passes(step.passes)))
        else {
          const next = (sendOldest + step.next) | 0
          const numbers = step.held.map((bit) => next + 1 + bit)
          host.hearAcknowledgment(next, numbers, (next + step.edge) | 0)
        }
      }
      if (!names.includes('ordering')) return
      // Positions have 21 bits of a number: each is ahead of the one before by less than half of them.
      const steps = order.slice(1).map((number, k) => ((number - (order[k] as number)) << 11) >> 11)
      expect(steps.every((ahead) => ahead !== 0)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
