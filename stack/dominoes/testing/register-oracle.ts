/** What the generated requests must lead to, computed by one domain alone, without any channel. */
import { ActionWord, actionWords } from '../contract/action-queue.ts'
import { SlotWord } from '../contract/slot.ts'
import { RegionPlan } from '../memory/region.ts'
import { RegisterDomain } from './register-domain.ts'
import { fillGenerated } from './register-source.ts'

/** The outbox records, in order: register and value of each action that the first `requests` emit. */
export function expectedRecords(requests: number): { register: number; value: number }[] {
  const plan = new RegionPlan()
  const slot = plan.reserve(1024) / 4
  const region = plan.allocate()
  const parts = { region, queueCapacity: 64, firstNumber: 0, logWord: 0, logCount: 1 }
  const domain = new RegisterDomain(parts)
  const records: { register: number; value: number }[] = []
  for (let n = 0; n < requests; n++) {
    fillGenerated(region.words, slot, 0, n)
    region.words[slot + SlotWord.verdict] = domain.needsCheck(slot) ? domain.check(slot) : 0
    domain.apply(slot)
    for (let k = 0; k < domain.actions.count; k++) {
      const fields = k * actionWords + ActionWord.fields
      records.push({
        register: domain.actions.words[fields] as number,
        value: domain.actions.words[fields + 1] as number,
      })
    }
    domain.actions.clear()
  }
  return records
}
