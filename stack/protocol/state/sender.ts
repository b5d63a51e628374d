/** What the machine keeps for each sender (see `senders/kind.ts`), whatever its kind. Links are sender numbers + 1. */
import { type Cursor, defineRecord } from '../../wire/record.ts'

export const senderRecord = defineRecord({
  isPending: '1 while it is in the list of those that may have something to emit',
  nextPending: 'next in that list, sender + 1',
  neighbor: 'entry of the next hop in the neighbor table, to which this refers, index + 1',
  isWaiting: "1 while it is in that neighbor's list of those who wait for an answer",
  nextWaiting: 'who began to wait after it, sender + 1',
  previousWaiting: 'who began to wait before it, sender + 1',
  deadline: 'no timer of it is due before this, microseconds; meaningless outside of the timer heap',
  place: 'its place in the timer heap + 1; 0 if no timer is armed',
})
export type Sender = Cursor<typeof senderRecord.fields>
