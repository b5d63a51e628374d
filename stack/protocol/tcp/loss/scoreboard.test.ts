import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ActionQueue } from '../../../dominoes/contract/action-queue.ts'
import { senderKinds } from '../../senders/kinds.ts'
import { Core, selectConnection } from '../../state/core.ts'
import { planLayout } from '../../state/layout.ts'
import { segmentRecord } from '../../state/sent-segment.ts'
import { testConfig } from '../../testing/host.ts'
import { newreno } from '../congestion/newreno.ts'
import {
  appendEntry,
  extendSelection,
  findEntry,
  markLost,
  markRetransmitted,
  markSacked,
  removeHead,
  removeSelection,
  selectEntry,
} from './scoreboard.ts'

const mss = 1448
const segmentCount = 64

function newScoreboard(state?: Int32Array): Core {
  const config = { ...testConfig, segmentCount }
  const words = state ?? new Int32Array(planLayout(config).words)
  const core = new Core(config, new Int32Array(256), words, new ActionQueue(64), newreno, senderKinds)
  selectConnection(core, 0)
  return core
}

/** Groups of segments that were sent together, how far round the ring they begin, and what became of some. */
const history = fc.record({
  before: fc.nat(segmentCount),
  groups: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 5 }),
  fates: fc.array(
    fc.record({
      entry: fc.nat(49),
      fate: fc.constantFrom('sacked' as const, 'lost' as const, 'again' as const),
    }),
    { maxLength: 4 },
  ),
  acknowledged: fc.nat(50 * mss),
})

it('what leaves the scoreboard together leaves it as one by one', () => {
  let together = 0
  fc.assert(
    fc.property(history, ({ before, groups, fates, acknowledged }) => {
      const core = newScoreboard()
      const { tcb, segment } = core
      tcb.ringHead = before
      tcb.ringTail = before
      let end = 0
      for (const [group, count] of groups.entries()) {
        core.now = 1000 * group
        for (let k = 0; k < count; k++, end += mss) appendEntry(core, end, end + mss, 0)
      }
      core.now = 100_000
      for (const { entry, fate } of fates) {
        if (entry >= end / mss) continue
        selectEntry(core, before + entry)
        if (segment.marks !== 0) continue
        if (fate === 'sacked') markSacked(core)
        else if (fate === 'lost') markLost(core)
        else markRetransmitted(core)
      }
      selectEntry(core, tcb.ringHead)
      if (segment.marks !== 0 || acknowledged < mss) return
      const other = newScoreboard(core.state.slice())
      const { start } = segment
      const count = extendSelection(core, acknowledged)
      expect(count).toBeLessThanOrEqual(findEntry(other, acknowledged) - before)
      expect(segment.marks).toBe(0)
      if (count === 1) return
      removeSelection(core, count, start)
      for (let k = 0; k < count; k++) {
        selectEntry(other, other.tcb.ringHead)
        removeHead(other)
      }
      // What is free again has no meaning.
      for (const { state, ring } of [core, other])
        for (let k = 0; k < count; k++) {
          const at = ring + ((before + k) & (segmentCount - 1)) * segmentRecord.words
          state.fill(0, at, at + segmentRecord.words)
        }
      expect(core.state).toEqual(other.state)
      together += count
    }),
    { numRuns: 500 },
  )
  expect(together).toBeGreaterThan(100)
})

it('a super-frame leaves the scoreboard at once, as far as it is acknowledged', () => {
  const core = newScoreboard()
  for (let k = 0; k < 45; k++) appendEntry(core, k * mss, (k + 1) * mss, 0)
  selectEntry(core, 0)
  expect(extendSelection(core, 30 * mss + 1)).toBe(30)
  selectEntry(core, 0)
  expect(extendSelection(core, 45 * mss)).toBe(45)
})
