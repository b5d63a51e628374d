import { expect, it } from 'vitest'
import { planLayout } from '../../state/layout.ts'
import { tcbRecord } from '../../state/tcb.ts'
import { smoothScenario } from '../rough-scenario.ts'
import { roughTransfer } from '../rough-transfer.ts'
import type { Host } from '../world-host.ts'
import { Belief } from './belief.ts'
import { InvariantError } from './claim.ts'

/** Runs `with` another value in a field of the host's connection. */
function changed(host: Host, field: keyof typeof tcbRecord.offsets, value: number, run: () => void): void {
  const at = planLayout(host.config).connections + tcbRecord.offsets[field]
  const before = host.state[at] as number
  host.state[at] = value
  run()
  host.state[at] = before
}

it('names what is acknowledged or sacked and the receiver does not have', () => {
  const scenario = {
    ...smoothScenario,
    writes: [{ from: 'left', afterMicros: 0, bytes: 20_000 }],
    fates: [{ from: 'left', frame: 4, fate: 'lost', micros: 0 }],
  } as const
  let looks = 0
  roughTransfer(scenario, ({ left, right }) => {
    if (left.tcb(0).sackedBytes === 0 || right.tcb(0).rangeCount === 0) return
    looks += 1
    const belief = new Belief(left, right)
    belief.check()
    changed(right, 'rangeCount', 0, () => {
      expect(() => belief.check()).toThrow(/left believes that right has \[-?\d+, -?\d+\), and it has not/)
    })
    changed(right, 'rcvNxt', (left.tcb(0).sndUna - 1) | 0, () => {
      expect(() => belief.check()).toThrow(InvariantError)
    })
  })
  expect(looks).toBeGreaterThan(0)
})
